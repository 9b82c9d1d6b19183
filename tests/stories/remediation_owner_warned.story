# SPDX-License-Identifier: GPL-3.0-or-later
# The owner is told a week before the end, once, by what can wait; a restart does not tell it again.
start 2026-11-20T10:00Z
window day mon-sun 08:00 18:00
user geoff alert=geoff-pager notify=geoff-mail@day
group admins always:geoff
remediation clean tagged=2026-11-01 ttl=30d owner=geoff
check http alert=admins attempts=1 remediate=clean
host web01 http
at 1s tick
expect nothing
at 100h restart
at 110h tick
expect nothing
at 117h tick
expect nothing
at 118h tick
expect alert geoff REMEDIATION notify OK geoff-mail
at 6d restart
at 30d tick
expect nothing
