# SPDX-License-Identifier: GPL-3.0-or-later
# Its check goes with a reload and comes back with none: nothing is told at its end.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1
first host web01 http
host web02 http
at 0s downtime web01 for=1h
at 10m web01/http CRITICAL
expect quiet downtime 1
at 20m reload
at 60m tick
expect quiet has ended
expect nothing
