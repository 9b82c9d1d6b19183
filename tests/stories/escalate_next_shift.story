# SPDX-License-Identifier: GPL-3.0-or-later
# After a change of shift it is the new one's first who is called next, not the second.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager
user max alert=max-pager
user rob alert=rob-pager
group admins after=30m day:geoff,max always:rob,geoff,max
check http alert=admins attempts=1
host web01 http
start 2026-11-20T19:45Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 30m tick
expect alert rob PROBLEM
expect nothing
at 60m tick
expect alert max PROBLEM alert CRITICAL max-pager escalation 2
expect nothing
