# SPDX-License-Identifier: GPL-3.0-or-later
# Of two silences the one that lasts longer is the reason.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s silence geoff 1h host=web01
at 1m silence geoff 3h check=http
at 10m web01/http CRITICAL
expect quiet silence 2 of "geoff"
at 60m tick
expect quiet silence 1 of "geoff" on host=web01 has ended
expect nothing
at 181m tick
expect alert geoff PROBLEM
