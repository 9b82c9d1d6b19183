# SPDX-License-Identifier: GPL-3.0-or-later
# A restart gives those who report their time again, and keeps what was stale.
user geoff alert=geoff-pager
group admins always:geoff
check backup alert=admins attempts=1 passive=yes freshness=10m
host db01 backup
host db02 backup
start 2026-11-20T10:00Z
at 0s passive db01/backup OK 0s
at 8m passive db02/backup OK 0s
at 10m tick
expect alert geoff PROBLEM alert UNKNOWN
at 15m restart
at 24m tick
expect silence
at 25m tick
expect alert geoff PROBLEM alert UNKNOWN
at 26m passive db01/backup OK 0s
expect alert geoff RECOVERY
