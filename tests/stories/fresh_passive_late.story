# SPDX-License-Identifier: GPL-3.0-or-later
# A result that was on its way when it was missed counts.
user geoff alert=geoff-pager
group admins always:geoff
check backup alert=admins attempts=1 passive=yes freshness=10m
host db01 backup
start 2026-11-20T10:00Z
at 0s passive db01/backup OK 0s
at 10m tick
expect alert geoff PROBLEM alert UNKNOWN
at 601s passive db01/backup OK 5s
expect state db01/backup OK HARD 1
expect alert geoff RECOVERY
