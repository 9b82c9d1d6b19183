# SPDX-License-Identifier: GPL-3.0-or-later
# While the window is closed nobody is called; after it one at a time.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager
user max alert=max-pager
user rob alert=rob-pager
group admins after=30m always:geoff,max,rob
check http alert=admins attempts=1 window=day
host web01 http
start 2026-11-20T19:45Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 30m tick
expect quiet outside the alert window
expect nothing
at 12h15m tick
expect alert max PROBLEM alert CRITICAL max-pager escalation 1
expect nothing
at 12h45m tick
expect alert rob PROBLEM alert CRITICAL rob-pager escalation 2
expect nothing
