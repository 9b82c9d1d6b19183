# SPDX-License-Identifier: GPL-3.0-or-later
# A first result is told when what it rests on has shown one too; that is run at once.
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
expect quiet waiting for a result of "web01/ping"
expect check web01/ping
expect nothing
at 41s web01/ping CRITICAL
expect alert geoff PROBLEM
expect quiet host "web01" is down
expect nothing
