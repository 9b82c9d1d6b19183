# SPDX-License-Identifier: GPL-3.0-or-later
# An acknowledgement is told to whoever was told, stops repeats, and ends at OK.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 repeat=30m
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 5m ack web01/http max
expect alert geoff ACKNOWLEDGEMENT alert CRITICAL
expect quiet acknowledged by "max"
expect due never
at 60m web01/http CRITICAL
expect silence
at 61m web01/http OK
expect alert geoff RECOVERY
at 62m web01/http CRITICAL
expect alert geoff PROBLEM
