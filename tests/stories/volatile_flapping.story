# SPDX-License-Identifier: GPL-3.0-or-later
# Volatile: the same state again is no change, so that it does not flap by itself.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check log alert=admins attempts=1 volatile=yes flapping=5,20
host web01 log
at 0s web01/log CRITICAL
expect alert geoff PROBLEM
at 10s web01/log CRITICAL
expect alert geoff PROBLEM
at 20s web01/log CRITICAL
expect alert geoff PROBLEM
at 30s web01/log CRITICAL
expect alert geoff PROBLEM
at 40s web01/log CRITICAL
expect alert geoff PROBLEM
at 50s web01/log CRITICAL
expect alert geoff PROBLEM
at 60s web01/log CRITICAL
expect alert geoff PROBLEM
at 70s web01/log CRITICAL
expect alert geoff PROBLEM
