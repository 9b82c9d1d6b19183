# SPDX-License-Identifier: GPL-3.0-or-later
# The next on the rota who can be reached, by the time since the first was told, until someone acknowledges.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager
user max alert=max-pager@day
user rob alert=rob-pager
user ann alert=ann-pager
group admins after=15m always:geoff,max,rob,ann
check http alert=admins attempts=1
host web01 http
start 2026-11-20T22:00Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM alert CRITICAL geoff-pager
expect nothing
expect due 15m
at 10m web01/http CRITICAL
expect quiet group "admins" was told
expect due 15m
at 15m tick
expect alert rob PROBLEM alert CRITICAL rob-pager escalation 1
expect nothing
expect due 30m
at 20m ack web01/http rob
expect alert geoff ACKNOWLEDGEMENT
expect alert rob ACKNOWLEDGEMENT
expect nothing
expect due never
at 60m unack web01/http
expect nothing
expect due 75m
at 75m tick
expect alert ann PROBLEM alert CRITICAL ann-pager escalation 2
expect nothing
at 3h tick
expect nothing
at 4h web01/http OK
expect alert geoff RECOVERY
expect alert rob RECOVERY
expect alert ann RECOVERY
expect nothing
