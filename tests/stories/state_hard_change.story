# SPDX-License-Identifier: GPL-3.0-or-later
# A hard change among non-OK is told at once, with the urgency of the new state.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
at 0s web01/http WARNING
expect alert geoff PROBLEM notify WARNING geoff-mail
at 60s web01/http CRITICAL
expect state web01/http CRITICAL HARD 1
expect alert geoff PROBLEM alert CRITICAL geoff-pager
at 120s web01/http WARNING
expect alert geoff PROBLEM notify WARNING geoff-mail
at 180s web01/http OK
expect alert geoff RECOVERY notify OK geoff-mail
expect alert geoff RECOVERY alert OK geoff-pager
