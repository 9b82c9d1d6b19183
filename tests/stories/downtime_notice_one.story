# SPDX-License-Identifier: GPL-3.0-or-later
# Of a single check the notice is about that check, with its state.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 downtime=notify
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 1m downtime web01/http for=1h
expect alert geoff DOWNTIMESTART notify CRITICAL geoff-mail downtime 1 of 1 check by max
at 30m web01/http OK
expect alert geoff RECOVERY
at 61m tick
expect alert geoff DOWNTIMEEND notify OK geoff-mail
