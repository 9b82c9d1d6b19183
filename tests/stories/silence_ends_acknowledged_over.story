# SPDX-License-Identifier: GPL-3.0-or-later
# The acknowledgement ends while it lasts: told at its end, not before.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 repeat=10m
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 5m ack web01/http max for 20m
expect alert geoff ACKNOWLEDGEMENT
at 10m silence geoff 1h host=web01
at 25m tick
expect nothing
at 70m tick
expect alert geoff PROBLEM
