# SPDX-License-Identifier: GPL-3.0-or-later
# What a check depends on is checked before the check is told; when that is fine, it is told at once.
user geoff alert=geoff-pager
group admins always:geoff
alerting hold=30s
check ping alert=admins attempts=1
check http alert=admins attempts=1 depends=db01/ping
host db01 ping
host web01 http
at 0s db01/ping OK
at 10s web01/http CRITICAL
expect quiet "db01/ping" is checked first
expect check db01/ping
expect nothing
expect due 40s
at 11s db01/ping OK
expect alert geoff PROBLEM alert CRITICAL
expect nothing
