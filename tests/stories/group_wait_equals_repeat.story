# SPDX-License-Identifier: GPL-3.0-or-later
# group_wait and repeat of 5 minutes: the repeat comes 5 minutes after the message, not 10.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 group_wait=5m repeat=5m
host web01 http
host web02 http
at 0s web01/http CRITICAL
at 3m web02/http CRITICAL
at 5m tick
expect alert geoff PROBLEM alert CRITICAL geoff-pager members web01/http web02/http
at 9m59s tick
expect silence
at 10m tick
expect alert geoff PROBLEM alert CRITICAL geoff-pager members web01/http web02/http
expect nothing
at 15m tick
expect alert geoff PROBLEM alert CRITICAL geoff-pager members web01/http web02/http
expect nothing
