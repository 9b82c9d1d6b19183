# SPDX-License-Identifier: GPL-3.0-or-later
# attempts 1: hard at once.
user geoff alert=geoff-pager notify=geoff
group admins always:geoff
check http alert=admins attempts=1
host web01 http
at 0s web01/http UNKNOWN
expect state web01/http UNKNOWN HARD 1
expect alert geoff PROBLEM alert UNKNOWN
at 60s web01/http OK
expect alert geoff RECOVERY alert OK geoff-pager
