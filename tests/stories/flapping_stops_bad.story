# SPDX-License-Identifier: GPL-3.0-or-later
# It stops in a bad state: the stop carries it, so there is no second message; the recovery follows later.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 flapping=8,12
host web01 http
at 0s web01/http OK
at 1m web01/http OK
at 2m web01/http CRITICAL
expect alert geoff PROBLEM
at 3m web01/http OK
expect alert geoff FLAPPINGSTART alert OK
at 4m web01/http CRITICAL
expect quiet flapping
at 5m web01/http CRITICAL
at 6m web01/http CRITICAL
at 7m web01/http CRITICAL
at 8m web01/http CRITICAL
at 9m web01/http CRITICAL
at 10m web01/http CRITICAL
at 11m web01/http CRITICAL
at 12m web01/http CRITICAL
at 13m web01/http CRITICAL
at 14m web01/http CRITICAL
at 15m web01/http CRITICAL
at 16m web01/http CRITICAL
at 17m web01/http CRITICAL
at 18m web01/http CRITICAL
at 19m web01/http CRITICAL
at 20m web01/http CRITICAL
at 21m web01/http CRITICAL
at 22m web01/http CRITICAL
expect alert geoff FLAPPINGSTOP alert CRITICAL
expect quiet was told
expect nothing
at 24m web01/http OK
expect alert geoff RECOVERY alert OK
expect nothing
