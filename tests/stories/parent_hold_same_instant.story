# SPDX-License-Identifier: GPL-3.0-or-later
# A result of the same instant is fresh.
user geoff alert=geoff-pager
group admins always:geoff
alerting hold=30s
check ping alert=admins attempts=1
check http alert=admins attempts=1 depends=db01/ping
host db01 ping
host web01 http
at 10s db01/ping OK
at 10s web01/http CRITICAL
expect alert geoff PROBLEM
