# SPDX-License-Identifier: GPL-3.0-or-later
# What waited for the same window is told in one message where the rule gathers.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager@always@day
group admins always:geoff
check http alert=admins attempts=1 group_wait=30s
host web01 http
host web02 http
start 2026-11-20T22:00Z
at 0s web01/http CRITICAL
at 0s web02/http CRITICAL
at 30s tick
expect alert geoff PROBLEM alert CRITICAL geoff-pager members web01/http web02/http
at 1h web01/http OK
at 2h web02/http OK
at 10h tick
expect alert geoff RECOVERY alert OK geoff-pager members web01/http web02/http
expect nothing
