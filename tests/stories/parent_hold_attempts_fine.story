# SPDX-License-Identifier: GPL-3.0-or-later
# A parent that was bad once and is fine again: the child is told.
user geoff alert=geoff-pager
group admins always:geoff
alerting hold=30s
check ping alert=admins attempts=3 retry=5m
check http alert=admins attempts=1 depends=db01/ping
host db01 ping
host web01 http
at 10s web01/http CRITICAL
expect check db01/ping
at 11s db01/ping CRITICAL
at 21s tick
expect check db01/ping
at 22s db01/ping OK
expect alert geoff PROBLEM alert CRITICAL
