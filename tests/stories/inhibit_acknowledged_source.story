# SPDX-License-Identifier: GPL-3.0-or-later
# A source that is acknowledged explains all the same; the ack of a target outlasts it.
alerting hold=0s
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
check ping alert=admins attempts=1
host db01 ping
host web01 http,ping
host web02 http,ping
inhibit host=db01 check=http 
at 0s db01/ping CRITICAL
expect alert geoff PROBLEM
at 1m ack db01/ping max
expect alert geoff ACKNOWLEDGEMENT
at 2m web01/http CRITICAL
expect quiet inhibited
at 3m ack web01/http max
expect quiet nobody was told
at 4m db01/ping OK
expect alert geoff RECOVERY
at 5m tick
expect nothing
