# SPDX-License-Identifier: GPL-3.0-or-later
# A source that is silenced, or in downtime, explains all the same.
alerting hold=0s
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
check ping alert=admins attempts=1
host db01 ping
host web01 http,ping
host web02 http,ping
inhibit host=db01 check=http 
at 0s silence geoff 1h host=db01
at 1s downtime db01 for=2h
at 1m db01/ping CRITICAL
expect quiet downtime 1
at 2m web01/http CRITICAL
expect quiet inhibited
expect nothing
