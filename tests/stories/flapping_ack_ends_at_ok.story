# SPDX-License-Identifier: GPL-3.0-or-later
# An OK ends an acknowledgement also while flapping.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 flapping=5,10
host web01 http
at 0s web01/http OK
at 1m web01/http CRITICAL
expect alert geoff PROBLEM
at 2m web01/http OK
expect alert geoff FLAPPINGSTART
at 3m web01/http CRITICAL
at 4m ack web01/http max
expect alert geoff ACKNOWLEDGEMENT
at 5m web01/http OK
at 6m web01/http CRITICAL
expect quiet flapping
expect nothing
