# SPDX-License-Identifier: GPL-3.0-or-later
# What a contact got, what is held back, and what ends in a summary are kept over a restart and a reload.
storm 2 10m
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
host web03 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 1m restart
at 1m web02/http CRITICAL
expect alert geoff PROBLEM
at 2m restart
at 2m web03/http CRITICAL
expect quiet PROBLEM: a storm
at 3m restart
at 4m web01/http OK
expect quiet RECOVERY: a storm
at 5m reload
at 6m restart
at 12m tick
expect alert geoff STORM alert CRITICAL geoff-pager 2 messages were held back: 1 problem lasts, 1 is over members web01/http web03/http
expect nothing
at 13m restart
at 14m web03/http OK
expect quiet RECOVERY: "geoff" knows of the problem from a summary
at 15m restart
at 24m tick
expect alert geoff STORM alert OK geoff-pager
expect nothing
