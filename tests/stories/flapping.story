# SPDX-License-Identifier: GPL-3.0-or-later
# One page at the start, none between, one at the stop; what recovered is told to whoever was paged.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 flapping=5,10
host web01 http
at 0s web01/http OK
at 1m web01/http CRITICAL
expect alert geoff PROBLEM
at 2m web01/http OK
expect alert geoff FLAPPINGSTART alert OK
expect quiet recovered while flapping
expect nothing
at 3m web01/http CRITICAL
expect quiet flapping
at 4m web01/http OK
expect quiet recovered while flapping
expect nothing
at 5m web01/http OK
at 6m web01/http OK
at 7m web01/http OK
at 8m web01/http OK
at 9m web01/http OK
at 10m web01/http OK
at 11m web01/http OK
at 12m web01/http OK
at 13m web01/http OK
at 14m web01/http OK
at 15m web01/http OK
at 16m web01/http OK
at 17m web01/http OK
at 18m web01/http OK
at 19m web01/http OK
at 20m web01/http OK
at 21m web01/http OK
at 22m web01/http OK
at 23m web01/http OK
expect alert geoff FLAPPINGSTOP alert OK
expect alert geoff RECOVERY alert OK
expect nothing
at 24m web01/http CRITICAL
expect alert geoff PROBLEM
