# SPDX-License-Identifier: GPL-3.0-or-later
# It is spent by its first problem.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s downtime web01 for=2h duration=10m
at 10m web01/http CRITICAL
expect quiet downtime 1
at 15m web01/http OK
expect quiet nobody was told
at 20m tick
expect quiet has ended
at 30m web01/http CRITICAL
expect alert geoff PROBLEM
