# SPDX-License-Identifier: GPL-3.0-or-later
# What recovered before it was told is a pair that cancelled out; the others are told at their time.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 group_wait=30s
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect quiet waiting for more
at 10s web02/http CRITICAL
expect quiet waiting for more
at 29s web01/http OK
expect quiet RECOVERY: nobody was told of the problem
at 30s tick
expect alert geoff PROBLEM alert CRITICAL geoff-pager
expect nothing
at 60s web01/http CRITICAL
at 80s web02/http OK
expect alert geoff RECOVERY
at 90s web01/http OK
expect quiet RECOVERY: nobody was told of the problem
expect due never
