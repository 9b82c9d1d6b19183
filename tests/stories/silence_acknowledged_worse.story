# SPDX-License-Identifier: GPL-3.0-or-later
# What gets worse breaks the acknowledgement, not the silence.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s web01/http WARNING
expect alert geoff PROBLEM notify
at 5m ack web01/http max
expect alert geoff ACKNOWLEDGEMENT
at 10m silence geoff 1h host=web01
at 20m web01/http CRITICAL
expect quiet silence 1
expect nothing
at 70m tick
expect alert geoff PROBLEM alert CRITICAL
