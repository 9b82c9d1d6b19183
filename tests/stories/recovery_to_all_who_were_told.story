# SPDX-License-Identifier: GPL-3.0-or-later
# Repeats went to two people; each gets one recovery.
window day mon-sun 10:00 22:00
user geoff alert=geoff-pager
user max alert=max-pager
group admins day:geoff always:max
check http alert=admins attempts=1 repeat=1h
host web01 http
start 2026-11-20T20:30Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 1h tick
expect alert geoff PROBLEM
at 2h tick
expect alert max PROBLEM
at 150m web01/http OK
expect alert geoff RECOVERY
expect alert max RECOVERY
expect nothing
expect due never
