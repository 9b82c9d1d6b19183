# SPDX-License-Identifier: GPL-3.0-or-later
# Those who were told so far keep getting repeats, and a change.
user geoff alert=geoff-pager notify=geoff-mail
user max alert=max-pager notify=max-mail
user rob alert=rob-pager notify=rob-mail
group admins after=20m always:geoff,max,rob
check http alert=admins attempts=1 repeat=30m
host web01 http
at 0s web01/http WARNING
expect alert geoff PROBLEM notify WARNING geoff-mail
at 20m tick
expect alert max PROBLEM notify WARNING max-mail escalation 1
expect nothing
at 25m web01/http CRITICAL
expect alert geoff PROBLEM alert CRITICAL geoff-pager
expect alert max PROBLEM alert CRITICAL max-pager escalation 1
expect nothing
expect due 40m
at 40m tick
expect alert rob PROBLEM alert CRITICAL rob-pager escalation 2
expect nothing
at 55m tick
expect alert geoff PROBLEM
expect alert max PROBLEM
expect alert rob PROBLEM
expect nothing
