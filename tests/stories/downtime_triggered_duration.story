# SPDX-License-Identifier: GPL-3.0-or-later
# With a duration of its own it lasts that long from when the other begins.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
check ping alert=admins attempts=1
host sw1 ping
host web01 http parents=sw1
host db01 http
at 0s downtime db01 from=10m for=10m
at 1s downtime web01 trigger=1 duration=30m
at 15m web01/http CRITICAL
expect quiet downtime 2
at 20m tick
expect nothing
at 40m tick
expect quiet downtime 2 of "max" on web01 has ended
expect alert geoff PROBLEM
