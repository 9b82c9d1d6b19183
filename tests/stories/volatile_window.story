# SPDX-License-Identifier: GPL-3.0-or-later
# Volatile outside the alert window: what is still bad is told once when that opens.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
window day mon-sun 08:00 20:00
check log alert=admins attempts=1 volatile=yes window=day
host web01 log
start 2026-11-20T07:00Z
at 0s web01/log CRITICAL
expect quiet outside the alert window
at 10m web01/log CRITICAL
expect nothing
at 1h tick
expect alert geoff PROBLEM
expect nothing
at 61m web01/log CRITICAL
expect alert geoff PROBLEM
