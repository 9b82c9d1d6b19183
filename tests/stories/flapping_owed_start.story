# SPDX-License-Identifier: GPL-3.0-or-later
# It begins to flap outside the window: told when that opens, if it still does.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 flapping=3,6 window=day
host web01 http
start 2026-11-20T07:00Z
at 0s web01/http OK
at 1m web01/http CRITICAL
expect quiet flapping
expect nothing
expect due 1h
at 1h tick
expect alert geoff FLAPPINGSTART alert CRITICAL
expect nothing
