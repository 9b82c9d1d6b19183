# SPDX-License-Identifier: GPL-3.0-or-later
# Made ahead of its time it begins then and not before.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s downtime web01/http from=1h for=1h
expect silence
at 30m web01/http CRITICAL
expect alert geoff PROBLEM
at 31m web01/http OK
expect alert geoff RECOVERY
at 60m web01/http CRITICAL
expect quiet downtime 1
at 2h tick
expect alert geoff PROBLEM
