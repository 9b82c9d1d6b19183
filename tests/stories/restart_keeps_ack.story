# SPDX-License-Identifier: GPL-3.0-or-later
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 repeat=10m
host web01 http
at 0s web01/http WARNING
expect alert geoff PROBLEM notify
at 5m ack web01/http max
expect alert geoff ACKNOWLEDGEMENT
at 6m restart
at 30m web01/http WARNING
expect nothing
at 31m web01/http CRITICAL
expect alert geoff PROBLEM alert
