# SPDX-License-Identifier: GPL-3.0-or-later
# It begins while the delay runs: nobody is told until it ends, and then at once, because the delay is over.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 delay=10m
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect quiet delay
at 5m silence geoff 1h host=web01
expect quiet silence 1
at 10m tick
expect nothing
at 65m tick
expect alert geoff PROBLEM alert
