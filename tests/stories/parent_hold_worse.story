# SPDX-License-Identifier: GPL-3.0-or-later
# A problem that becomes worse is a page of its own: what it depends on is checked again before.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
alerting hold=30s
check ping alert=admins attempts=1
check http alert=admins attempts=1 depends=db01/ping
host db01 ping
host web01 http
at 10s db01/ping OK
at 10s web01/http WARNING
expect alert geoff PROBLEM notify WARNING
at 70s web01/http CRITICAL
expect check db01/ping
expect nothing
at 71s db01/ping OK
expect alert geoff PROBLEM alert CRITICAL
