# SPDX-License-Identifier: GPL-3.0-or-later
# Acknowledged before the summary: it is in it all the same, and escalates to nobody.
storm 1 10m
user geoff alert=geoff-pager
user max alert=max-pager
group admins after=5m always:geoff,max
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 1m ack web01/http geoff
expect quiet ACKNOWLEDGEMENT: a storm
expect nothing
at 2m web02/http CRITICAL
expect quiet PROBLEM: a storm
at 3m ack web02/http geoff
expect quiet ACKNOWLEDGEMENT: a storm
expect nothing
at 11m tick
expect alert geoff STORM alert CRITICAL geoff-pager 3 messages were held back: 2 problems last, 0 are over members web01/http web02/http
expect nothing
