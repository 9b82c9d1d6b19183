# SPDX-License-Identifier: GPL-3.0-or-later
# Two that overlap: the end of the first tells nobody.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s downtime web01 for=1h
at 1m downtime web01/http for=2h
at 10m web01/http CRITICAL
expect quiet downtime 2
expect due 60m
at 60m tick
expect quiet downtime 1 of "max" on web01 has ended
expect nothing
at 121m tick
expect alert geoff PROBLEM
