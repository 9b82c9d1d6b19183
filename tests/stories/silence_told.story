# SPDX-License-Identifier: GPL-3.0-or-later
# Whoever was told before hears no repeat while it lasts, and hears of the recovery.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 repeat=30m
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 10m silence geoff 2h host=web01
expect quiet silence 1
at 70m web01/http CRITICAL
expect nothing
at 71m web01/http OK
expect alert geoff RECOVERY
expect due 130m
at 130m tick
expect nothing
