# SPDX-License-Identifier: GPL-3.0-or-later
# Taken back: what it held is told at once.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s silence geoff 1h host=web01
at 10m web01/http CRITICAL
expect quiet silence 1
at 20m unsilence 1
expect quiet was taken back
expect alert geoff PROBLEM
at 2h tick
expect nothing
