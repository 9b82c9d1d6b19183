# SPDX-License-Identifier: GPL-3.0-or-later
# A passive check cannot be run: what was submitted outside counts when the window begins.
user geoff alert=geoff-pager
group admins always:geoff
window day mon-sun 08:00 20:00
check http alert=admins attempts=1 runs=day passive=yes
host web01 http
start 2026-11-20T21:00Z
at 0s passive web01/http CRITICAL 0s
expect quiet outside the check's window
at 659m tick
expect nothing
at 660m tick
expect alert geoff PROBLEM
