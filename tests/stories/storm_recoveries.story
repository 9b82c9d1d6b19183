# SPDX-License-Identifier: GPL-3.0-or-later
# What only a summary told of ends in a summary, and that holds nothing else back.
user geoff alert=geoff-pager
group admins always:geoff
storm 1 10m
check http alert=admins attempts=1
host web01 http
host web02 http
host web03 http
host web04 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 1m web02/http CRITICAL
at 2m web03/http CRITICAL
at 11m tick
expect alert geoff STORM alert CRITICAL geoff-pager 2 messages were held back: 2 problems last, 0 are over members web02/http web03/http
expect nothing
at 30m web02/http OK
expect quiet RECOVERY: "geoff" knows of the problem from a summary, and is told its end in one
expect nothing
expect due 40m
at 31m web04/http CRITICAL
expect alert geoff PROBLEM
at 32m web03/http OK
expect nothing
at 40m tick
expect alert geoff STORM alert OK geoff-pager 2 messages were held back: 0 problems last, 2 are over members web02/http web03/http
expect nothing
expect due never
at 60m web01/http OK
expect alert geoff RECOVERY
expect nothing
