# SPDX-License-Identifier: GPL-3.0-or-later
# The first of the shift that holds now; the others are not told.
window day mon-fri 10:00 22:00
user geoff alert=geoff-pager
user max alert=max-pager
user rob alert=rob-pager
group admins day:geoff,max,rob always:max,rob,geoff
check http alert=admins attempts=1
host web01 http
start 2026-11-20T12:00Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect nothing
at 60s web01/http OK
expect alert geoff RECOVERY
at 10h web01/http CRITICAL
expect alert max PROBLEM
at 11h web01/http OK
expect alert max RECOVERY
