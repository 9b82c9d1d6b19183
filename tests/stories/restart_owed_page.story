# SPDX-License-Identifier: GPL-3.0-or-later
# The window opened while nothing ran: told at the first tick after.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 window=day
host web01 http
start 2026-11-20T05:00Z
at 0s web01/http CRITICAL
expect quiet window
at 1h restart
expect due 3h
at 3h tick
expect alert geoff PROBLEM
