# SPDX-License-Identifier: GPL-3.0-or-later
# It begins while the state is soft: the hard problem is held back.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=3
host web01 http
host web02 http
at 0s web01/http CRITICAL
at 10s downtime web01 for=1h
at 1m web01/http CRITICAL
expect quiet soft
at 2m web01/http CRITICAL
expect quiet downtime 1
at 1h web01/http CRITICAL
at 3610s tick
expect alert geoff PROBLEM
