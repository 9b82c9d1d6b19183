# SPDX-License-Identifier: GPL-3.0-or-later
# A run dies while its check recovers: nobody has a problem any more, and what it began may be half done. Its owner is told
# once, when there is a way, and a restart before that forgets nothing.
start 2026-11-20T20:00Z
window day mon-sun 08:00 18:00
user geoff alert=geoff-pager notify=geoff-mail@day
group admins always:geoff
remediation clean owner=geoff
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1m web01/http OK
expect alert geoff RECOVERY
at 2m ended p1-clean-1 died said killed by signal 9; it was in step 3 of 3
expect remediation clean fixed p1-clean-1
at 3m tick
expect nothing
at 1h restart
at 11h tick
expect nothing
at 13h tick
expect alert geoff REMEDIATION notify OK geoff-mail
at 30h tick
expect nothing
