# SPDX-License-Identifier: GPL-3.0-or-later
# Source and target fail in the same instant, and the target's result comes first: the source is checked before it is told.
alerting hold=30s
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
check ping alert=admins attempts=1
host db01 ping
host web01 http
inhibit host=db01 check=http
at 10s web01/http CRITICAL
expect check db01/ping
expect quiet "db01/ping" is checked first
at 10s db01/ping CRITICAL
expect alert geoff PROBLEM
expect quiet inhibited by "db01/ping"
at 1m web01/http CRITICAL
expect nothing
at 2m web01/http OK
expect quiet nobody was told
