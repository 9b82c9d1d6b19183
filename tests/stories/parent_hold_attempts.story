# SPDX-License-Identifier: GPL-3.0-or-later
# The attempts of a parent are made within the hold, however far apart its retries are.
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
expect due 21s
at 21s tick
expect check db01/ping
expect nothing
at 22s db01/ping CRITICAL
expect due 32s
at 32s tick
expect check db01/ping
at 33s db01/ping CRITICAL
expect alert geoff PROBLEM
expect quiet depends on "db01/ping"
expect nothing
