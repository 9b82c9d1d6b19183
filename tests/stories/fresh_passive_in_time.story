# SPDX-License-Identifier: GPL-3.0-or-later
# Each result begins the time anew.
user geoff alert=geoff-pager
group admins always:geoff
check backup alert=admins attempts=1 passive=yes freshness=10m
host db01 backup
start 2026-11-20T10:00Z
at 9m passive db01/backup OK 0s
at 18m passive db01/backup OK 0s
expect due 28m
at 27m tick
expect silence
