# SPDX-License-Identifier: GPL-3.0-or-later
# It begins while the state is soft, and is over before the problem is hard.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=3
host web01 http
host web02 http
at 0s web01/http CRITICAL
at 1m silence geoff 90s host=web01
expect nothing
at 2m web01/http CRITICAL
expect quiet soft
at 3m web01/http CRITICAL
expect alert geoff PROBLEM alert
