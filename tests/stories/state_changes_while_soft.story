# SPDX-License-Identifier: GPL-3.0-or-later
# WARNING, CRITICAL, UNKNOWN: no reset while soft; hard at the third with the third's verdict.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins
host web01 http
at 0s web01/http WARNING
expect state web01/http WARNING SOFT 1
at 10s web01/http CRITICAL
expect state web01/http CRITICAL SOFT 2
at 20s web01/http UNKNOWN
expect state web01/http UNKNOWN HARD 3
expect alert geoff PROBLEM alert UNKNOWN
