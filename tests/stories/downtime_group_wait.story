# SPDX-License-Identifier: GPL-3.0-or-later
# What a downtime held back of one service comes in one message at its end.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 group_wait=1m
host web01 http
host web02 http
at 0s downtime host=/^web/ for=1h
at 1m web01/http CRITICAL
expect quiet downtime 1
at 2m web02/http CRITICAL
expect quiet downtime 1
at 60m tick
expect nothing
at 61m tick
expect alert geoff PROBLEM alert CRITICAL geoff-pager members web01/http web02/http
