# SPDX-License-Identifier: GPL-3.0-or-later
# The same in the configuration; a window that is open at the start counts.
window night mon-sun 22:00 06:00
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
downtime web01 night
start 2026-11-20T23:00Z
at 0s web01/http CRITICAL
expect quiet downtime 1 of "watchbill.yaml"
at 1h restart
at 2h web01/http CRITICAL
expect nothing
at 7h tick
expect alert geoff PROBLEM
