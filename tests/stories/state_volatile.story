# SPDX-License-Identifier: GPL-3.0-or-later
# A volatile check tells every bad result.
user geoff alert=geoff-pager
group admins always:geoff
check log alert=admins attempts=1 volatile=yes
host web01 log
at 0s web01/log CRITICAL
expect alert geoff PROBLEM
at 60s web01/log CRITICAL
expect alert geoff PROBLEM
at 120s web01/log OK
expect alert geoff RECOVERY
expect nothing
