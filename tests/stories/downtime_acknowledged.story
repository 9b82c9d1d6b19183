# SPDX-License-Identifier: GPL-3.0-or-later
# An acknowledged problem stays acknowledged at the end of it.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 5m ack web01/http max
expect alert geoff ACKNOWLEDGEMENT
at 10m downtime web01 for=1h
at 70m tick
expect nothing
at 80m web01/http OK
expect alert geoff RECOVERY
