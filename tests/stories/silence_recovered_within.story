# SPDX-License-Identifier: GPL-3.0-or-later
# A problem that came and went within it was never told, nor is its end.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s silence geoff 1h host=web01
at 10m web01/http CRITICAL
expect quiet silence 1
at 20m web01/http OK
expect quiet nobody was told of the problem
at 60m tick
expect nothing
