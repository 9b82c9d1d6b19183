# SPDX-License-Identifier: GPL-3.0-or-later
# What is stale is not taken for better than what was known.
user geoff alert=geoff-pager
group admins always:geoff
check backup alert=admins attempts=1 passive=yes freshness=10m
host db01 backup
start 2026-11-20T10:00Z
at 0s passive db01/backup CRITICAL 0s
expect alert geoff PROBLEM alert CRITICAL
at 10m tick
expect alert geoff PROBLEM alert UNKNOWN
at 11m passive db01/backup CRITICAL 0s
expect alert geoff PROBLEM alert CRITICAL
