# SPDX-License-Identifier: GPL-3.0-or-later
# Nobody of the group can be reached: the further groups are called all the same, at their time.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager@day
user boss alert=boss-phone
group admins always:geoff
group managers always:boss
check http alert=admins attempts=1 escalate=30m:managers
host web01 http
start 2026-11-20T22:00Z
at 0s web01/http CRITICAL
expect quiet nobody of group "admins" can be reached by alert now
expect due 30m
at 10m restart
at 30m tick
expect alert boss PROBLEM alert CRITICAL boss-phone escalation 1
expect nothing
at 10h tick
expect alert geoff PROBLEM
expect nothing
