# SPDX-License-Identifier: GPL-3.0-or-later
# Back, but of that nobody is told: the recovery waits for the end of it, and is told even then.
window day mon-sun 08:00 20:00
window night mon-sun 20:00 08:00
user geoff alert=geoff-pager@always@day
group admins always:geoff
check http alert=admins attempts=1 delay=2d
check disk alert=admins attempts=1 warning=none
host web01 disk
start 2026-11-20T22:00Z
at 0s web01/disk CRITICAL
expect alert geoff PROBLEM
at 1h web01/disk OK
expect quiet RECOVERY: waits for the window
at 2h web01/disk WARNING
expect quiet no urgency
at 10h tick
expect nothing
expect due never
at 11h web01/disk OK
expect quiet RECOVERY: nobody was told
expect nothing
at 11h tick
expect alert geoff RECOVERY alert OK geoff-pager
expect nothing
expect due never
