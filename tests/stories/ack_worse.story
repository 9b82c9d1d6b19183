# SPDX-License-Identifier: GPL-3.0-or-later
# What gets worse breaks the acknowledgement.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
at 0s web01/http WARNING
expect alert geoff PROBLEM notify
at 5m ack web01/http max
expect alert geoff ACKNOWLEDGEMENT
at 10m web01/http CRITICAL
expect alert geoff PROBLEM alert CRITICAL
at 15m web01/http OK
expect alert geoff RECOVERY notify
expect alert geoff RECOVERY alert
