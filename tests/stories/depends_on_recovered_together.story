# SPDX-License-Identifier: GPL-3.0-or-later
# The parent's recovery brings no page of the child before the child was asked again.
user geoff alert=geoff-pager
group admins always:geoff
check ping alert=admins attempts=1
check http alert=admins attempts=1 depends=db01/ping delay=30s
host db01 ping
host web01 http
at 0s db01/ping CRITICAL
expect alert geoff PROBLEM
at 10s web01/http CRITICAL
expect quiet depends on "db01/ping"
at 60s db01/ping OK
expect alert geoff RECOVERY
at 61s tick
expect nothing
at 70s web01/http OK
expect quiet nobody was told
expect nothing
