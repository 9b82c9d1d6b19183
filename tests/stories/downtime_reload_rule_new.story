# SPDX-License-Identifier: GPL-3.0-or-later
# A reload brings it: a problem that was told is told of its recovery all the same.
window night mon-sun 22:00 06:00
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
then downtime web01 night
start 2026-11-20T23:00Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 1h reload
at 1h tick
expect quiet downtime 1
at 2h web01/http OK
expect alert geoff RECOVERY
