# SPDX-License-Identifier: GPL-3.0-or-later
# Its window is no longer configured: it is over.
first window night mon-sun 22:00 06:00
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
start 2026-11-20T23:00Z
at 0s downtime web01 window=night
at 1m web01/http CRITICAL
expect quiet downtime 1
at 1h reload
at 1h tick
expect quiet has ended
expect alert geoff PROBLEM
