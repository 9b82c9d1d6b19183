# SPDX-License-Identifier: GPL-3.0-or-later
# No result comes after the end: told when the hold has passed.
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
at 3630s tick
expect alert geoff PROBLEM
expect due never
