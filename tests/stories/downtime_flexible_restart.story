# SPDX-License-Identifier: GPL-3.0-or-later
# A flexible downtime goes on over a restart.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s downtime web01 for=1h duration=30m
at 50m web01/http CRITICAL
expect quiet downtime 1
at 55m restart
at 56m web01/http CRITICAL
expect nothing
at 80m tick
expect alert geoff PROBLEM
