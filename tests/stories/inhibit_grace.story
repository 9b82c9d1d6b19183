# SPDX-License-Identifier: GPL-3.0-or-later
# The source's failure was not seen before the restart: the target waits for its first result from after it.
alerting hold=30s grace=2m
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
check ping alert=admins attempts=1
host db01 ping
host web01 http
inhibit host=db01 check=http
at 0s db01/ping OK
at 0s web01/http OK
at 5m restart
at 5m5s web01/http CRITICAL
expect check db01/ping
expect quiet waiting for a result of "db01/ping" from after the start or the reload
at 5m10s db01/ping CRITICAL
expect alert geoff PROBLEM
expect quiet inhibited by "db01/ping"
