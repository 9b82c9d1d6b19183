# SPDX-License-Identifier: GPL-3.0-or-later
# A freshness that a reload brings counts from the newest result.
user geoff alert=geoff-pager
group admins always:geoff
first check backup alert=admins attempts=1 passive=yes
then check backup alert=admins attempts=1 passive=yes freshness=10m
host db01 backup
start 2026-11-20T10:00Z
at 0s passive db01/backup OK 0s
at 5m reload
at 5m tick
expect silence
expect due 10m
at 10m tick
expect alert geoff PROBLEM alert UNKNOWN
