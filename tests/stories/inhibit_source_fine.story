# SPDX-License-Identifier: GPL-3.0-or-later
# The source that is asked shows that it is fine: the target is told at once.
alerting hold=30s
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
check ping alert=admins attempts=1
host db01 ping
host web01 http
inhibit host=db01 check=http
at 0s db01/ping OK
at 10s web01/http CRITICAL
expect check db01/ping
expect quiet "db01/ping" is checked first
at 12s db01/ping OK
expect alert geoff PROBLEM
at 40s tick
expect nothing
