# SPDX-License-Identifier: GPL-3.0-or-later
# A reload takes it out: what it held back is told.
window night mon-sun 22:00 06:00
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
first downtime web01 night
start 2026-11-20T23:00Z
at 0s web01/http CRITICAL
expect quiet downtime 1
at 1h reload
at 1h tick
expect alert geoff PROBLEM
