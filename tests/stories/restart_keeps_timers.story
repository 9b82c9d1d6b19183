# SPDX-License-Identifier: GPL-3.0-or-later
# The delay and the repeat run on over a restart.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 delay=10m repeat=30m
host web01 http
at 0s web01/http CRITICAL
expect quiet delay
at 5m restart
expect due 10m
at 10m tick
expect alert geoff PROBLEM
at 20m restart
expect due 40m
at 40m tick
expect alert geoff PROBLEM
