# SPDX-License-Identifier: GPL-3.0-or-later
# From 23:00 on the night is an hour longer: the shift ends at 06:00 by the clock on the wall, and so does what waits for the day.
zone America/New_York
window night mon-sun 22:00 06:00
window day mon-sun 06:00 22:00
user geoff alert=geoff-pager@always@day
user max alert=max-pager
group admins night:geoff day:max
check http alert=admins attempts=1
check disk alert=admins attempts=1 window=day
host web01 http,disk
host web02 http
host web03 http
start 2026-11-01T03:00Z
at 0s web01/disk CRITICAL
expect quiet outside the alert window "day"
expect due 8h
at 1m web02/http CRITICAL
expect alert geoff PROBLEM
at 2m web02/http OK
expect quiet RECOVERY: waits for the window "day" of "geoff"
expect nothing
at 7h59m web01/http CRITICAL
expect alert geoff PROBLEM
expect nothing
at 8h tick
expect alert max PROBLEM
expect alert geoff RECOVERY
expect nothing
at 8h web03/http CRITICAL
expect alert max PROBLEM
expect nothing
at 24h web02/http CRITICAL
expect alert geoff PROBLEM
expect nothing
