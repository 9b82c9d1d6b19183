# SPDX-License-Identifier: GPL-3.0-or-later
# An acknowledgement that is kept, and a downtime between: whoever works on it is not paged after it.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 keep_ack=30m
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 1m ack web01/http max
expect alert geoff ACKNOWLEDGEMENT
at 2m web01/http OK
expect alert geoff RECOVERY
at 3m downtime web01 for=10m
at 5m web01/http CRITICAL
expect quiet acknowledged
at 13m tick
expect nothing
at 14m web01/http OK
expect quiet nobody was told
