# SPDX-License-Identifier: GPL-3.0-or-later
# The delay runs beside the hold, not after it.
user geoff alert=geoff-pager
group admins always:geoff
alerting hold=30s
check ping alert=admins attempts=1
check http alert=admins attempts=1 depends=db01/ping delay=1m
host db01 ping
host web01 http
at 10s web01/http CRITICAL
expect check db01/ping
at 11s db01/ping OK
expect quiet the delay before the first alert is not over
expect due 70s
at 70s tick
expect alert geoff PROBLEM
