# SPDX-License-Identifier: GPL-3.0-or-later
# Within a fixed downtime nobody is told; at its end what is still true is told.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s downtime web01 for=1h
expect quiet has begun
at 10m web01/http CRITICAL
expect quiet downtime 1 of "max"
expect nothing
at 11m web02/http CRITICAL
expect alert geoff PROBLEM
at 60m tick
expect quiet has ended
expect alert geoff PROBLEM alert CRITICAL
at 61m web01/http OK
expect alert geoff RECOVERY
