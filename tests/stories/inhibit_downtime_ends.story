# SPDX-License-Identifier: GPL-3.0-or-later
# A downtime of the target ends while its source has a problem: still held back.
alerting hold=0s
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
check ping alert=admins attempts=1
host db01 ping
host web01 http,ping
host web02 http,ping
inhibit host=db01 check=http
at 0s downtime web01 for=10m
at 1m db01/ping CRITICAL
expect alert geoff PROBLEM
at 2m web01/http CRITICAL
expect quiet downtime 1
at 10m tick
expect quiet inhibited
expect nothing
at 11m db01/ping OK
expect alert geoff RECOVERY
expect alert geoff PROBLEM alert CRITICAL
