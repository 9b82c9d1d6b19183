# SPDX-License-Identifier: GPL-3.0-or-later
# Triggered: while the other lasts, a flexible one here.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
check ping alert=admins attempts=1
host sw1 ping
host web01 http
host db01 http
at 0s downtime sw1 for=1h duration=30m
at 1s downtime web01 trigger=1
at 10m web01/http CRITICAL
expect alert geoff PROBLEM
at 11m web01/http OK
expect alert geoff RECOVERY
at 20m sw1/ping CRITICAL
expect quiet downtime 1
at 21m web01/http CRITICAL
expect quiet downtime 2
expect nothing
at 22m db01/http CRITICAL
expect alert geoff PROBLEM
at 50m tick
expect quiet downtime 1 of "max" on sw1 has ended
expect quiet downtime 2 of "max" on web01 has ended
expect alert geoff PROBLEM
expect alert geoff PROBLEM
