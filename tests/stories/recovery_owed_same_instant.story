# SPDX-License-Identifier: GPL-3.0-or-later
# It ends at the very instant at which the window opens or closes: half-open.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager@always@day
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
start 2026-11-21T07:00Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 1h web01/http OK
expect alert geoff RECOVERY
at 12h web02/http CRITICAL
expect alert geoff PROBLEM
at 13h web02/http OK
expect quiet RECOVERY: waits for the window
expect due 25h
