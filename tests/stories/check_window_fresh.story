# SPDX-License-Identifier: GPL-3.0-or-later
# Outside its window nothing is missed; inside it is missed from its begin on.
user geoff alert=geoff-pager
group admins always:geoff
window day mon-sun 08:00 20:00
check http alert=admins attempts=1 runs=day passive=yes freshness=30m
host web01 http
start 2026-11-20T19:50Z
at 0s passive web01/http OK 0s
at 12h tick
expect nothing
at 759m tick
expect nothing
at 760m tick
expect state web01/http UNKNOWN HARD 1 no result for 30m
expect alert geoff PROBLEM
