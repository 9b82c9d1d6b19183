# SPDX-License-Identifier: GPL-3.0-or-later
# Results that stay away are a problem of their own, confirmed like any other.
user geoff alert=geoff-pager
group admins always:geoff
check backup alert=admins attempts=3 passive=yes freshness=10m retry=1m
host db01 backup
start 2026-11-20T10:00Z
at 1m passive db01/backup OK 0s
expect due 11m
at 11m tick
expect state db01/backup UNKNOWN SOFT 1 no result for 10m
expect due 12m
at 12m tick
expect state db01/backup UNKNOWN SOFT 2
at 13m tick
expect state db01/backup UNKNOWN HARD 3
expect alert geoff PROBLEM alert UNKNOWN
expect due never
at 20m passive db01/backup OK 0s
expect alert geoff RECOVERY
expect due 30m
