# SPDX-License-Identifier: GPL-3.0-or-later
# A recovery in the night waits for the window of those who want it so; the others are told at once.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager@always@day alert=geoff-phone
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
start 2026-11-20T22:00Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM alert CRITICAL geoff-pager
expect alert geoff PROBLEM alert CRITICAL geoff-phone
at 2h web01/http OK
expect quiet RECOVERY: waits for the window "day" of "geoff"
expect alert geoff RECOVERY alert OK geoff-phone
expect nothing
expect due 10h
at 3h restart
at 4h reload
at 4h tick
expect silence
expect due 10h
at 10h tick
expect alert geoff RECOVERY alert OK geoff-pager
expect nothing
expect due never
at 11h web02/http CRITICAL
expect alert geoff PROBLEM alert CRITICAL geoff-pager
expect alert geoff PROBLEM alert CRITICAL geoff-phone
at 12h web02/http OK
expect alert geoff RECOVERY alert OK geoff-pager
expect alert geoff RECOVERY alert OK geoff-phone
expect nothing
