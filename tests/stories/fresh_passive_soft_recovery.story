# SPDX-License-Identifier: GPL-3.0-or-later
# It reports again before that is hard: nobody hears of it.
user geoff alert=geoff-pager
group admins always:geoff
check backup alert=admins attempts=3 passive=yes freshness=10m retry=1m
host db01 backup
start 2026-11-20T10:00Z
at 0s passive db01/backup OK 0s
at 10m tick
expect state db01/backup UNKNOWN SOFT 1
at 630s passive db01/backup OK 0s
expect quiet recovered in a soft state
expect nothing
