# SPDX-License-Identifier: GPL-3.0-or-later
# After its time the problem that returns is told.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 keep_ack=30m
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 5m ack web01/http max
expect alert geoff ACKNOWLEDGEMENT
at 10m web01/http OK
expect alert geoff RECOVERY
expect due 40m
at 40m web01/http CRITICAL
expect alert geoff PROBLEM
