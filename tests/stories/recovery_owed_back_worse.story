# SPDX-License-Identifier: GPL-3.0-or-later
# Back as something else before the recovery was told: that is news, and the recovery in between is not.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager@always@day notify=geoff-pager@always@day
group admins always:geoff
check http alert=admins attempts=1
host web01 http
start 2026-11-20T22:00Z
at 0s web01/http WARNING
expect alert geoff PROBLEM notify
at 1h web01/http OK
expect quiet RECOVERY: waits for the window
at 2h web01/http CRITICAL
expect quiet it is back as CRITICAL
expect alert geoff PROBLEM alert CRITICAL
expect nothing
at 10h tick
expect nothing
at 11h web01/http OK
expect alert geoff RECOVERY alert OK
expect nothing
expect due never
