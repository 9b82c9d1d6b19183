# SPDX-License-Identifier: GPL-3.0-or-later
# The result from after the end says that the problem is still there: told then.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
alerting hold=30s
at 0s downtime web01 for=1h
at 10m web01/http CRITICAL
at 60m tick
expect check web01/http
expect nothing
at 3610s web01/http CRITICAL
expect alert geoff PROBLEM
at 3640s tick
expect nothing
