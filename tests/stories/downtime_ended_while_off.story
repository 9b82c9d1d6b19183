# SPDX-License-Identifier: GPL-3.0-or-later
# It ended while nothing ran: what is still true is told at the first tick after.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s downtime web01 for=1h
at 10m web01/http CRITICAL
expect quiet downtime 1
at 20m restart
at 5h tick
expect alert geoff PROBLEM
