# SPDX-License-Identifier: GPL-3.0-or-later
# PENDING, OK: the first result is hard, and nobody hears of it.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins
host web01 http
at 0s web01/http OK
expect state web01/http OK HARD 1
expect nothing
