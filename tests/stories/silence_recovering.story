# SPDX-License-Identifier: GPL-3.0-or-later
# It begins at the instant of the recovery, which is told all the same.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 10m silence geoff 1h host=web01
expect quiet silence 1
at 10m web01/http OK
expect alert geoff RECOVERY
at 2h tick
expect nothing
