# SPDX-License-Identifier: GPL-3.0-or-later
# Without a problem in its time it never begins.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s downtime web01 for=1h duration=30m
at 60m web01/http CRITICAL
expect alert geoff PROBLEM
