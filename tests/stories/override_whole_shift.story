# SPDX-License-Identifier: GPL-3.0-or-later
# Somebody else for a while, instead of the whole shift; half-open.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager
user max alert=max-pager
user rob alert=rob-pager
group admins after=15m override=2026-11-20T1200/2026-11-20T1300/rob+max day:geoff,max always:max
check http alert=admins attempts=1 repeat=1h
host web01 http
start 2026-11-20T11:00Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 1m ack web01/http geoff for 58m
expect alert geoff ACKNOWLEDGEMENT
at 59m59s tick
expect nothing
at 60m tick
expect alert rob PROBLEM alert CRITICAL rob-pager
expect nothing
at 74m tick
expect alert max PROBLEM alert CRITICAL max-pager escalation 1
expect nothing
at 119m tick
expect nothing
# at the end of the override it is geoff's again, who knows
at 120m tick
expect alert geoff PROBLEM
expect alert max PROBLEM
expect nothing
