# SPDX-License-Identifier: GPL-3.0-or-later
# A new generation keeps what is known by HOST/CHECK: no second page, and the recovery goes on.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1
host web02 http
then host web01 http
at 0s web02/http CRITICAL
expect alert geoff PROBLEM
at 1m reload
at 1m tick
expect nothing
at 2m web01/http CRITICAL
expect alert geoff PROBLEM
at 3m web02/http OK
expect alert geoff RECOVERY
expect nothing
