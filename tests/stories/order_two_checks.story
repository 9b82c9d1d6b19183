# SPDX-License-Identifier: GPL-3.0-or-later
# Two problems at one instant: each its own message.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1
check ftp alert=admins attempts=1
host web01 http,ftp
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 0s web01/ftp CRITICAL
expect alert geoff PROBLEM
at 0s web01/http OK
expect alert geoff RECOVERY
