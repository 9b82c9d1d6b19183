# SPDX-License-Identifier: GPL-3.0-or-later
# The same, but it recovered before: nobody is told of either.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 window=day
host web01 http
start 2026-11-20T05:00Z
at 0s web01/http CRITICAL
expect quiet outside the alert window
at 1h web01/http OK
expect quiet nobody was told of the problem
expect nothing
expect due never
at 3h tick
expect nothing
