# SPDX-License-Identifier: GPL-3.0-or-later
# A host whose checks do not count is not waited for.
user geoff alert=geoff-pager
group admins always:geoff
check backup alert=admins attempts=1 passive=yes freshness=10m
host db01 backup status=configured
start 2026-11-20T10:00Z
at 1h tick
expect silence
expect due never
