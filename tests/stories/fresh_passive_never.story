# SPDX-License-Identifier: GPL-3.0-or-later
# One that never reported is waited for from the start on.
user geoff alert=geoff-pager
group admins always:geoff
check backup alert=admins attempts=1 passive=yes freshness=10m stale=CRITICAL
host db01 backup
start 2026-11-20T10:00Z
at 10m tick
expect state db01/backup CRITICAL HARD 1
expect alert geoff PROBLEM alert CRITICAL
expect due never
