# SPDX-License-Identifier: GPL-3.0-or-later
# It begins while the state is soft and lasts: the hard problem is held back.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=2
host web01 http
host web02 http
at 0s web01/http CRITICAL
at 1m silence geoff 1h host=web01
at 2m web01/http CRITICAL
expect quiet silence 1
at 10m web01/http OK
expect quiet nobody was told
expect nothing
at 2h tick
expect nothing
