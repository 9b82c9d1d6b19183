# SPDX-License-Identifier: GPL-3.0-or-later
# While it flaps it comes and goes with the states, and nobody is told of that.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 flapping=5,15 keep_ack=30m
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 30s ack web01/http max
expect alert geoff ACKNOWLEDGEMENT
at 1m web01/http OK
expect alert geoff RECOVERY
at 2m web01/http CRITICAL
expect quiet acknowledged
at 3m web01/http OK
at 4m web01/http CRITICAL
expect quiet flapping
at 5m web01/http OK
at 6m web01/http CRITICAL
expect nothing
