# SPDX-License-Identifier: GPL-3.0-or-later
# What was suppressed is owed: told when the window opens, if it is still true.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 window=day
host web01 http
start 2026-11-20T05:00Z
at 0s web01/http CRITICAL
expect quiet outside the alert window
expect nothing
expect due 3h
at 1h web01/http CRITICAL
expect silence
at 3h tick
expect alert geoff PROBLEM alert CRITICAL
expect nothing
at 4h web01/http OK
expect alert geoff RECOVERY
