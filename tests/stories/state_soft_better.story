# SPDX-License-Identifier: GPL-3.0-or-later
# SOFT, less bad: it counts on all the same.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=3
host web01 http
at 0s web01/http CRITICAL
at 10s web01/http UNKNOWN
expect state web01/http UNKNOWN SOFT 2
at 20s web01/http WARNING
expect state web01/http WARNING HARD 3
expect alert geoff PROBLEM notify WARNING
