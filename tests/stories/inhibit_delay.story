# SPDX-License-Identifier: GPL-3.0-or-later
# The source fails while the delay of the target runs: it is held back, and its delay is over when the source recovers.
alerting hold=0s
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 delay=10m
check ping alert=admins attempts=1
host db01 ping
host web01 http,ping
host web02 http,ping
inhibit host=db01 check=http 
at 0s web01/http CRITICAL
expect quiet delay
at 5m db01/ping CRITICAL
expect alert geoff PROBLEM
at 10m tick
expect quiet inhibited
at 20m db01/ping OK
expect alert geoff RECOVERY
expect alert geoff PROBLEM alert CRITICAL
