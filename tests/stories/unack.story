# SPDX-License-Identifier: GPL-3.0-or-later
# Taking it back: the owed page comes at once.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 repeat=30m
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 5m ack web01/http max
expect alert geoff ACKNOWLEDGEMENT
at 10m unack web01/http
expect quiet the repeat is not due
expect due 30m
at 20m ack web01/http max
expect alert geoff ACKNOWLEDGEMENT
at 50m unack web01/http
expect alert geoff PROBLEM
