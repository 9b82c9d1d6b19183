# SPDX-License-Identifier: GPL-3.0-or-later
# A repeat goes when it is due, and takes those of its service along that are due within group_wait.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 group_wait=5m repeat=30m
host web01 http
host web02 http
host web03 http
at 0s web01/http CRITICAL
at 5m tick
expect alert geoff PROBLEM
at 5m1s web02/http CRITICAL
expect quiet waiting for more
at 9m tick
expect silence
at 10m1s tick
expect alert geoff PROBLEM
at 20m web03/http CRITICAL
at 25m tick
expect alert geoff PROBLEM
at 34m59s tick
expect silence
# web02 is due 5 min and 1 s later, so it goes by itself, and web03 after that
at 35m tick
expect alert geoff PROBLEM alert CRITICAL geoff-pager
expect nothing
at 40m1s tick
expect alert geoff PROBLEM alert CRITICAL geoff-pager
expect nothing
at 55m tick
expect alert geoff PROBLEM
expect nothing
