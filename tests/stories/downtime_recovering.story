# SPDX-License-Identifier: GPL-3.0-or-later
# It begins with the result that recovers: the recovery is told.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 1m downtime web01 from=9m for=1h
at 10m web01/http OK
expect alert geoff RECOVERY
