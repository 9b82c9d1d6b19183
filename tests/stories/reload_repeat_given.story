# SPDX-License-Identifier: GPL-3.0-or-later
# A repeat that the new generation gives counts from the last notice.
user geoff alert=geoff-pager
group admins always:geoff
first check http attempts=1 alert=admins
then check http attempts=1 alert=admins repeat=30m
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect due never
at 10m reload
at 10m tick
expect nothing
expect due 30m
at 30m tick
expect alert geoff PROBLEM
