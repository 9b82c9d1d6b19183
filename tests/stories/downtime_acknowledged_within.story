# SPDX-License-Identifier: GPL-3.0-or-later
# Acknowledged within it: nobody is told at its end.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s downtime web01 for=1h
at 10m web01/http CRITICAL
expect quiet downtime 1
at 11m ack web01/http max
expect quiet nobody was told
at 60m tick
expect nothing
at 61m unack web01/http
expect alert geoff PROBLEM
