# SPDX-License-Identifier: GPL-3.0-or-later
# A restart in the window: it runs by its schedule, not at once.
user geoff alert=geoff-pager
group admins always:geoff
window day mon-sun 08:00 20:00
check http alert=admins attempts=1 runs=day
host web01 http
start 2026-11-20T19:00Z
at 0s web01/http OK
at 30m restart
at 31m tick
expect silence
expect due 13h
