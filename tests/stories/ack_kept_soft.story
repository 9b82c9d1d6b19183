# SPDX-License-Identifier: GPL-3.0-or-later
# A problem that returns soft in time counts from then; one that goes soft again and away does not keep it longer.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=2 keep_ack=30m
host web01 http
host web02 http
at 0s web01/http CRITICAL
at 1m web01/http CRITICAL
expect alert geoff PROBLEM
at 5m ack web01/http max
expect alert geoff ACKNOWLEDGEMENT
at 10m web01/http OK
expect alert geoff RECOVERY
at 39m web01/http CRITICAL
at 41m web01/http CRITICAL
expect quiet acknowledged by "max"
at 50m web01/http OK
expect quiet nobody was told
at 79m web01/http CRITICAL
at 81m web01/http OK
at 82m web01/http CRITICAL
at 83m web01/http CRITICAL
expect alert geoff PROBLEM
