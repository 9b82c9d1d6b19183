# SPDX-License-Identifier: GPL-3.0-or-later
# A downtime and its end live through a restart.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s downtime web01 for=1h
at 10m web01/http CRITICAL
expect quiet downtime 1
at 20m restart
expect due 60m
at 60m tick
expect alert geoff PROBLEM
