# SPDX-License-Identifier: GPL-3.0-or-later
# No result came of the parent: the child is told when the hold has passed.
user geoff alert=geoff-pager
group admins always:geoff
alerting hold=30s
check ping alert=admins attempts=1
check http alert=admins attempts=1 depends=db01/ping
host db01 ping
host web01 http
at 10s web01/http CRITICAL
expect check db01/ping
expect nothing
at 39s tick
expect nothing
at 40s tick
expect alert geoff PROBLEM
