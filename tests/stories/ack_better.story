# SPDX-License-Identifier: GPL-3.0-or-later
# What gets better does not.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM alert
at 5m ack web01/http max
expect alert geoff ACKNOWLEDGEMENT
at 10m web01/http WARNING
expect quiet acknowledged by "max"
at 11m web01/http CRITICAL
expect quiet acknowledged
expect nothing
