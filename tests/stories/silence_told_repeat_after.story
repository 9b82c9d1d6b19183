# SPDX-License-Identifier: GPL-3.0-or-later
# The repeat that came due while it lasted comes at its end.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 repeat=30m
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 10m silence geoff 1h host=web01
at 40m tick
expect nothing
at 70m tick
expect alert geoff PROBLEM
at 100m tick
expect alert geoff PROBLEM
