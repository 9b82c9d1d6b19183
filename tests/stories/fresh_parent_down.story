# SPDX-License-Identifier: GPL-3.0-or-later
# Stale because the parent is down: told only when it is still stale after that.
user geoff alert=geoff-pager
group admins always:geoff
check ping alert=admins attempts=1
check backup alert=admins attempts=1 passive=yes freshness=10m depends=ping
host db01 ping,backup
start 2026-11-20T10:00Z
at 0s passive db01/backup OK 0s
at 5m db01/ping CRITICAL
expect alert geoff PROBLEM
at 10m tick
expect quiet depends on "ping"
expect nothing
at 15m db01/ping OK
expect alert geoff RECOVERY
expect nothing
at 20m tick
expect alert geoff PROBLEM alert UNKNOWN
