# SPDX-License-Identifier: GPL-3.0-or-later
# Nobody at night: told when someone comes.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager
group admins day:geoff
check http alert=admins attempts=1
host web01 http
start 2026-11-20T22:00Z
at 0s web01/http CRITICAL
expect quiet nobody of group "admins" can be reached by alert now
expect due 10h
at 10h tick
expect alert geoff PROBLEM
expect nothing
