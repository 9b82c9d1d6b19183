# SPDX-License-Identifier: GPL-3.0-or-later
# Volatile: the delay is before the first page only.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check log alert=admins attempts=1 volatile=yes delay=1m
host web01 log
at 0s web01/log CRITICAL
expect quiet the delay
at 30s web01/log CRITICAL
expect nothing
at 60s tick
expect alert geoff PROBLEM
at 70s web01/log CRITICAL
expect alert geoff PROBLEM
