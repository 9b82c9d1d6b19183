# SPDX-License-Identifier: GPL-3.0-or-later
# A volatile check's bad results within the wait are one message.
user geoff alert=geoff-pager
group admins always:geoff
check log alert=admins attempts=1 volatile=yes group_wait=30s
host web01 log
at 0s web01/log CRITICAL
at 10s web01/log CRITICAL
at 30s tick
expect alert geoff PROBLEM
expect nothing
at 60s web01/log CRITICAL
expect quiet waiting for more
at 90s tick
expect alert geoff PROBLEM
expect nothing
