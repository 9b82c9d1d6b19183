# SPDX-License-Identifier: GPL-3.0-or-later
# Told before: no repeat within it, the recovery flows, and its end tells nobody.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 repeat=30m
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 10m downtime web01 for=2h
expect quiet downtime 1
at 70m web01/http CRITICAL
expect nothing
at 71m web01/http OK
expect alert geoff RECOVERY
at 130m tick
expect nothing
