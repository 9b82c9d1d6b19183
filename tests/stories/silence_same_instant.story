# SPDX-License-Identifier: GPL-3.0-or-later
# It is over at its end: a result of that instant is told.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s silence geoff 1h host=web01
at 60m web01/http CRITICAL
expect alert geoff PROBLEM
