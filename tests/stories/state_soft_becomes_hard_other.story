# SPDX-License-Identifier: GPL-3.0-or-later
# SOFT, the last attempt is another bad state: that one is hard.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=2
host web01 http
at 0s web01/http WARNING
expect state web01/http WARNING SOFT 1
at 10s web01/http CRITICAL
expect state web01/http CRITICAL HARD 2
expect alert geoff PROBLEM alert CRITICAL
expect nothing
