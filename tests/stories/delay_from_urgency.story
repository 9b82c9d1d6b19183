# SPDX-License-Identifier: GPL-3.0-or-later
# The delay counts from when someone should be told.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 delay=10m warning=none
host web01 http
at 0s web01/http WARNING
expect quiet no urgency
at 1h web01/http CRITICAL
expect quiet delay
expect due 70m
at 70m tick
expect alert geoff PROBLEM
