# SPDX-License-Identifier: GPL-3.0-or-later
# A window of a downtime on the night when the clock goes forward: it ends by the wall clock.
zone Europe/Berlin
window night mon-sun 22:00 06:00
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1
host web01 http
start 2026-03-28T20:00Z
at 0s downtime web01 window=night
at 1h tick
expect quiet has begun
at 2h web01/http CRITICAL
expect quiet downtime 1
expect due 8h
at 8h tick
expect quiet has ended
expect alert geoff PROBLEM
