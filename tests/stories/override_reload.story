# SPDX-License-Identifier: GPL-3.0-or-later
# An override that is written while a problem lasts counts from the next message on.
user geoff alert=geoff-pager
user rob alert=rob-pager
first group admins always:geoff
then group admins override=2026-11-20T1000/2026-11-20T1200/rob always:geoff
check http alert=admins attempts=1 repeat=30m
host web01 http
start 2026-11-20T10:00Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 10m reload
at 30m tick
expect alert rob PROBLEM
expect nothing
at 40m restart
at 50m web01/http OK
expect alert geoff RECOVERY
expect alert rob RECOVERY
expect nothing
