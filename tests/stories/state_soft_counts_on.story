# SPDX-License-Identifier: GPL-3.0-or-later
# SOFT, the same: each attempt is told to nobody, until the last.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=4
host web01 http
at 0s web01/http OK
at 10s web01/http WARNING
expect state web01/http WARNING SOFT 1
at 20s web01/http WARNING
expect state web01/http WARNING SOFT 2
at 30s web01/http WARNING
expect state web01/http WARNING SOFT 3
expect nothing
at 40s web01/http WARNING
expect state web01/http WARNING HARD 4
expect alert geoff PROBLEM notify WARNING
