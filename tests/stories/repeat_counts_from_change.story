# SPDX-License-Identifier: GPL-3.0-or-later
# A hard change is told at once, and the repeat counts from there.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 repeat=30m
host web01 http
at 0s web01/http WARNING
expect alert geoff PROBLEM notify
at 20m web01/http CRITICAL
expect alert geoff PROBLEM alert
expect due 50m
at 50m tick
expect alert geoff PROBLEM alert
expect nothing
