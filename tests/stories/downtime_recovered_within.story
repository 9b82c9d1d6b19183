# SPDX-License-Identifier: GPL-3.0-or-later
# The pain of 04:00: problem and recovery within a downtime, or a recovery after it, wake nobody.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s downtime web01 for=1h
at 10m web01/http CRITICAL
expect quiet downtime 1
at 20m web01/http OK
expect quiet nobody was told of the problem
at 30m web01/http CRITICAL
expect quiet downtime 1
at 60m web01/http OK
expect quiet nobody was told of the problem
at 61m tick
expect nothing
