# SPDX-License-Identifier: GPL-3.0-or-later
# From the last notice, on time and not by results.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 repeat=30m
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect due 30m
at 10m web01/http CRITICAL
expect quiet the repeat is not due
at 30m tick
expect alert geoff PROBLEM
expect due 60m
at 59m web01/http CRITICAL
expect due 60m
at 60m tick
expect alert geoff PROBLEM
at 61m web01/http OK
expect alert geoff RECOVERY
expect nothing
