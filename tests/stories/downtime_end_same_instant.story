# SPDX-License-Identifier: GPL-3.0-or-later
# It is half-open: a result of the instant of its end is told.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s downtime web01 for=1h
at 1h web01/http CRITICAL
expect alert geoff PROBLEM
