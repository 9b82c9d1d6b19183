# SPDX-License-Identifier: GPL-3.0-or-later
# A problem from before its time does not begin it.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 10m downtime host=/web0[12]/ for=1h duration=30m
at 20m web01/http CRITICAL
expect nothing
at 30m web02/http CRITICAL
expect quiet downtime 1
at 30m tick
at 31m web01/http OK
expect alert geoff RECOVERY
at 60m tick
expect alert geoff PROBLEM
