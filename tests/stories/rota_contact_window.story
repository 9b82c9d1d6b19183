# SPDX-License-Identifier: GPL-3.0-or-later
# The first who can be reached: geoff's pager is off at night.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager@day
user max alert=max-pager
group admins always:geoff,max
check http alert=admins attempts=1
host web01 http
start 2026-11-20T21:00Z
at 0s web01/http CRITICAL
expect alert max PROBLEM
