# SPDX-License-Identifier: GPL-3.0-or-later
# It ends while the state is soft: the problem is told when it is hard.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=2
host web01 http
host web02 http
at 0s downtime web01 for=10m
at 9m web01/http CRITICAL
expect quiet soft
at 10m tick
expect nothing
at 11m web01/http CRITICAL
expect alert geoff PROBLEM
