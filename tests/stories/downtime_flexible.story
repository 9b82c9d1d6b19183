# SPDX-License-Identifier: GPL-3.0-or-later
# Flexible: it begins with the first problem within its time, and lasts as long as it should, beyond that time.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s downtime web01 for=1h duration=30m
expect silence
at 50m web01/http CRITICAL
expect quiet downtime 1
at 50m tick
expect quiet has begun
at 79m tick
expect nothing
at 80m tick
expect quiet has ended
expect alert geoff PROBLEM
