# SPDX-License-Identifier: GPL-3.0-or-later
# PENDING, bad: the first attempt of several.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=2
host web01 http
at 0s web01/http CRITICAL
expect state web01/http CRITICAL SOFT 1
expect quiet soft state, attempt 1 of 2
expect nothing
at 10s web01/http CRITICAL
expect state web01/http CRITICAL HARD 2
expect alert geoff PROBLEM alert CRITICAL
