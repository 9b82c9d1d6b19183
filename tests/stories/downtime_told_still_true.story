# SPDX-License-Identifier: GPL-3.0-or-later
# Told before and still true at the end: not told again.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 10m downtime web01 for=1h
at 70m tick
expect quiet was told
expect nothing
