# SPDX-License-Identifier: GPL-3.0-or-later
# The source fails while the target is soft: the hard problem is held back.
alerting hold=0s
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=2
check ping alert=admins attempts=1
host db01 ping
host web01 http,ping
host web02 http,ping
inhibit host=db01 check=http
at 0s web01/http CRITICAL
expect quiet soft
at 1m db01/ping CRITICAL
expect alert geoff PROBLEM
at 2m web01/http CRITICAL
expect quiet inhibited
expect nothing
