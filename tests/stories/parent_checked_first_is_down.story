# SPDX-License-Identifier: GPL-3.0-or-later
# The child was seen before its parent: only the parent is told.
user geoff alert=geoff-pager
group admins always:geoff
alerting hold=30s
check ping alert=admins attempts=1
check http alert=admins attempts=1
host web01 ping,http alive=ping
at 0s web01/ping OK
at 10s web01/http CRITICAL
expect quiet "web01/ping" is checked first
expect check web01/ping
at 11s web01/ping CRITICAL
expect alert geoff PROBLEM
expect quiet host "web01" is down
expect nothing
at 60s tick
expect nothing
