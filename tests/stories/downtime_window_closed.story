# SPDX-License-Identifier: GPL-3.0-or-later
# At its end the alert window is closed: told when that opens.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 window=day
host web01 http
start 2026-11-20T00:00Z
at 0s downtime web01 for=1h
at 10m web01/http CRITICAL
expect quiet downtime 1
at 60m tick
expect quiet window
expect due 8h
at 8h tick
expect alert geoff PROBLEM
