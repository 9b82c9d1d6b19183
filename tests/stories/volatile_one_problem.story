# SPDX-License-Identifier: GPL-3.0-or-later
# Volatile: all of it is one problem with one id, and one recovery ends it.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check log alert=admins attempts=1 volatile=yes
host web01 log
at 0s web01/log CRITICAL
expect alert geoff PROBLEM
at 10s web01/log UNKNOWN
expect alert geoff PROBLEM alert UNKNOWN
at 20s web01/log CRITICAL
expect alert geoff PROBLEM alert CRITICAL
at 30s restart
at 40s web01/log CRITICAL
expect alert geoff PROBLEM
at 50s web01/log OK
expect alert geoff RECOVERY
expect nothing
