# SPDX-License-Identifier: GPL-3.0-or-later
# What matches both sides is not held back by another such; by one that is source alone it is.
alerting hold=0s
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
check ping alert=admins attempts=1
host db01 ping
host web01 http,ping
host web02 http,ping
inhibit host=/./ check=http state=CRITICAL,WARNING
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 1m web02/http CRITICAL
expect alert geoff PROBLEM
at 2m db01/ping CRITICAL
expect alert geoff PROBLEM
at 3m web01/http WARNING
expect quiet inhibited by "db01/ping"
