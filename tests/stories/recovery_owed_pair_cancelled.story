# SPDX-License-Identifier: GPL-3.0-or-later
# Back before the recovery was told: nobody is told twice, and the recovery in the end is told once.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager@always@day
user max alert=max-pager
group admins always:geoff
group others always:max
check http alert=admins,others attempts=1
host web01 http
start 2026-11-20T22:00Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect alert max PROBLEM
at 1h web01/http OK
expect quiet RECOVERY: waits for the window
expect alert max RECOVERY
expect nothing
at 2h web01/http CRITICAL
expect quiet the recovery of problem 1 was not told to "geoff" yet, and it is back: neither is told
expect alert max PROBLEM
expect nothing
at 3h web01/http OK
expect quiet RECOVERY: waits for the window
expect alert max RECOVERY
expect nothing
at 10h tick
expect alert geoff RECOVERY
expect nothing
expect due never
