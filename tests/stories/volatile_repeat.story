# SPDX-License-Identifier: GPL-3.0-or-later
# Volatile: each bad result is told whatever the repeat is, and the repeat counts from the newest.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check log alert=admins attempts=1 volatile=yes repeat=1h
host web01 log
at 0s web01/log CRITICAL
expect alert geoff PROBLEM
at 50m web01/log CRITICAL
expect alert geoff PROBLEM
at 109m tick
expect nothing
at 110m tick
expect alert geoff PROBLEM
