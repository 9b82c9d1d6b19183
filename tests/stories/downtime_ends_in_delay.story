# SPDX-License-Identifier: GPL-3.0-or-later
# It ends while the delay runs: told when that is over.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 delay=20m
host web01 http
host web02 http
at 0s downtime web01 for=10m
at 5m web01/http CRITICAL
expect quiet downtime 1
at 10m tick
expect quiet delay
at 25m tick
expect alert geoff PROBLEM
