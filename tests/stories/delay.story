# SPDX-License-Identifier: GPL-3.0-or-later
# The first page waits for `delay`; a problem that ends before is never told.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 delay=10m
host web01 http
at 0s web01/http CRITICAL
expect quiet the delay before the first alert
expect due 10m
at 9m web01/http OK
expect quiet nobody was told
expect nothing
at 20m web01/http CRITICAL
expect quiet delay
at 30m tick
expect alert geoff PROBLEM
at 31m web01/http OK
expect alert geoff RECOVERY
