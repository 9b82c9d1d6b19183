# SPDX-License-Identifier: GPL-3.0-or-later
# Acknowledged in time, nobody else is called; the end of the acknowledgement begins the time anew.
user geoff alert=geoff-pager
user max alert=max-pager
user boss alert=boss-phone
group admins after=15m always:geoff,max
group managers always:boss
check http alert=admins attempts=1 escalate=30m:managers
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 14m ack web01/http geoff for 1h
expect alert geoff ACKNOWLEDGEMENT
expect nothing
expect due 74m
at 74m tick
expect nothing
expect due 89m
at 89m tick
expect alert max PROBLEM alert CRITICAL max-pager escalation 1
expect nothing
at 104m tick
expect alert boss PROBLEM alert CRITICAL boss-phone escalation 1
expect nothing
