# SPDX-License-Identifier: GPL-3.0-or-later
# A source that does not answer holds the target back as long as the hold, and not longer.
alerting hold=30s
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
check ping alert=admins attempts=1
host db01 ping
host web01 http
inhibit host=db01 check=http
at 0s db01/ping OK
at 10s web01/http CRITICAL
expect check db01/ping
expect quiet "db01/ping" is checked first
at 39s tick
expect nothing
at 40s tick
expect alert geoff PROBLEM
