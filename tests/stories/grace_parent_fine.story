# SPDX-License-Identifier: GPL-3.0-or-later
# The parent is fine: the child is told at that instant.
user geoff alert=geoff-pager
group admins always:geoff
alerting grace=2m
check ping alert=admins attempts=1
check http alert=admins attempts=1
host web01 ping,http alive=ping
start 2026-11-20T10:00Z
at 0s web01/ping OK
at 0s web01/http OK
at 30s restart
at 40s web01/http CRITICAL
expect check web01/ping
at 41s web01/ping OK
expect alert geoff PROBLEM alert CRITICAL
