# SPDX-License-Identifier: GPL-3.0-or-later
# One takes the place of another; whoever had a place as well keeps the earlier one.
user geoff alert=geoff-pager
user max alert=max-pager
user rob alert=rob-pager
group admins after=15m swap=2026-11-20T1000/2026-11-20T1100/max/geoff always:geoff,rob,max
check http alert=admins attempts=1
host web01 http
host web02 http
start 2026-11-20T10:00Z
at 0s web01/http CRITICAL
expect alert max PROBLEM
expect nothing
at 15m tick
expect alert rob PROBLEM alert CRITICAL rob-pager escalation 1
expect nothing
at 30m tick
expect nothing
at 60m web02/http CRITICAL
expect alert geoff PROBLEM
expect nothing
