# SPDX-License-Identifier: GPL-3.0-or-later
# It ended while nothing ran: told at the first tick after.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s silence geoff 1h host=web01
at 10m web01/http CRITICAL
expect quiet silence 1
at 20m restart
at 5h tick
expect alert geoff PROBLEM
