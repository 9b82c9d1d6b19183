# SPDX-License-Identifier: GPL-3.0-or-later
# Beyond the cap one summary at the end of the span, with what is still true then.
storm 2 10m
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
host web03 http
host web04 http
host web05 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 1s web02/http CRITICAL
expect alert geoff PROBLEM
at 2s web03/http CRITICAL
expect quiet PROBLEM: a storm, "geoff" had 2 messages within 10m; it comes in a summary
expect nothing
expect due 602s
at 3s web04/http WARNING
expect nothing
at 3s web05/http CRITICAL
expect quiet PROBLEM: a storm
at 5m web03/http OK
expect quiet RECOVERY: "geoff" was not told of the problem, which was held back in a storm
expect nothing
# of these two he was told before
at 6m web01/http OK
expect quiet RECOVERY: a storm
expect nothing
at 7m web04/http CRITICAL
expect quiet PROBLEM: a storm
at 601s tick
expect silence
at 602s tick
expect alert geoff STORM alert CRITICAL geoff-pager 4 messages were held back: 2 problems last, 1 is over members web01/http web04/http web05/http
expect nothing
expect due never
