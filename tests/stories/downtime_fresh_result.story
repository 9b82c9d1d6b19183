# SPDX-License-Identifier: GPL-3.0-or-later
# At the end what is not OK is run at once; its page waits for that result, here a recovery of which nobody hears.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
alerting hold=30s
at 0s downtime web01 for=1h
at 10m web01/http CRITICAL
expect quiet downtime 1
at 60m tick
expect check web01/http
expect due 3630s
at 3610s web01/http OK
expect quiet nobody was told of the problem
at 2h tick
expect nothing
