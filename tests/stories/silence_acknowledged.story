# SPDX-License-Identifier: GPL-3.0-or-later
# An acknowledged problem stays acknowledged when the silence ends.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 5m ack web01/http max
expect alert geoff ACKNOWLEDGEMENT
at 10m silence geoff 1h host=web01
expect nothing
at 2h tick
expect nothing
at 3h web01/http OK
expect alert geoff RECOVERY
