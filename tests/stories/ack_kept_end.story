# SPDX-License-Identifier: GPL-3.0-or-later
# An end of its own counts while it is kept as well.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 keep_ack=30m
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 5m ack web01/http max for 20m
expect alert geoff ACKNOWLEDGEMENT
at 10m web01/http OK
expect alert geoff RECOVERY
at 15m web01/http CRITICAL
expect quiet acknowledged
expect due 25m
at 25m tick
expect alert geoff PROBLEM
at 26m web01/http OK
expect alert geoff RECOVERY
at 27m web01/http CRITICAL
expect alert geoff PROBLEM
