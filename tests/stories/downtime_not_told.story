# SPDX-License-Identifier: GPL-3.0-or-later
# It begins while the delay runs; at its end the delay is over, and the page is due.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 delay=10m
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect quiet delay
at 5m downtime web01 for=1h
expect quiet downtime 1
at 65m tick
expect alert geoff PROBLEM
