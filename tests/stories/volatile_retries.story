# SPDX-License-Identifier: GPL-3.0-or-later
# Volatile, with retries: only hard results are told, and then each.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check log alert=admins attempts=2 volatile=yes
host web01 log
at 0s web01/log CRITICAL
expect quiet soft
expect nothing
at 10s web01/log CRITICAL
expect alert geoff PROBLEM
at 20s web01/log CRITICAL
expect alert geoff PROBLEM
at 30s web01/log OK
expect alert geoff RECOVERY
at 40s web01/log CRITICAL
expect nothing
