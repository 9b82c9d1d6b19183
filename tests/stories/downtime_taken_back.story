# SPDX-License-Identifier: GPL-3.0-or-later
# Taken back while a problem lasts: told at once. Before its time: it never begins.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s downtime web01 for=1h
at 1m downtime web02 from=1h for=1h
at 10m web01/http CRITICAL
expect quiet downtime 1
at 20m end-downtime 1
expect quiet has ended
expect alert geoff PROBLEM
at 21m end-downtime 2
expect nothing
at 90m web02/http CRITICAL
expect alert geoff PROBLEM
