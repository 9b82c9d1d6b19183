# SPDX-License-Identifier: GPL-3.0-or-later
# Recurring by a window, every night, on the day after as well.
window night mon-sun 22:00 06:00
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
start 2026-11-20T12:00Z
at 0s downtime web01 window=night
expect silence
at 9h web01/http CRITICAL
expect alert geoff PROBLEM
at 9h30m web01/http OK
expect alert geoff RECOVERY
at 10h tick
expect quiet has begun
at 11h web01/http CRITICAL
expect quiet downtime 1
expect due 18h
at 18h tick
expect quiet has ended
expect alert geoff PROBLEM
at 19h web01/http OK
expect alert geoff RECOVERY
at 34h web01/http CRITICAL
expect quiet downtime 1
