# SPDX-License-Identifier: GPL-3.0-or-later
# Only where both have the same host.
alerting hold=0s
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
check ping alert=admins attempts=1
host db01 ping
host web01 http,ping
host web02 http,ping
inhibit check=ping check=http equal=host
at 0s web01/ping CRITICAL
expect alert geoff PROBLEM
at 1m web01/http CRITICAL
expect quiet inhibited by "web01/ping"
at 2m web02/http CRITICAL
expect alert geoff PROBLEM
