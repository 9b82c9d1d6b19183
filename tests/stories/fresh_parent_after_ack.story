# SPDX-License-Identifier: GPL-3.0-or-later
# Stale and acknowledged, then the parent is down: when that is over it is looked at once more, and told.
user geoff alert=geoff-pager
group admins always:geoff
check ping alert=admins attempts=1
check backup alert=admins attempts=1 passive=yes freshness=10m retry=2m repeat=1h depends=ping
host db01 ping,backup
start 2026-11-20T10:00Z
at 0s passive db01/backup OK 0s
at 10m tick
expect alert geoff PROBLEM alert UNKNOWN
at 11m ack db01/backup max for 9m
expect alert geoff ACKNOWLEDGEMENT
at 15m db01/ping CRITICAL
expect alert geoff PROBLEM
at 20m tick
expect quiet depends on "ping"
expect nothing
at 80m db01/ping OK
expect alert geoff RECOVERY
expect nothing
at 82m tick
expect alert geoff PROBLEM alert UNKNOWN
