# SPDX-License-Identifier: GPL-3.0-or-later
# A parent that is bad in a soft state is not yet known to be fine: it is waited for, as long as the hold.
user geoff alert=geoff-pager
group admins always:geoff
alerting hold=30s
check ping alert=admins attempts=2
check http alert=admins attempts=1 depends=db01/ping
host db01 ping
host web01 http
at 10s web01/http CRITICAL
expect check db01/ping
at 11s db01/ping CRITICAL
expect nothing
at 21s db01/ping CRITICAL
expect alert geoff PROBLEM
expect quiet depends on "db01/ping"
expect nothing
