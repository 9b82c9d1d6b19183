# SPDX-License-Identifier: GPL-3.0-or-later
# HARD, another bad state: each of the six changes is hard at once and told.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=3
host web01 http
at 0s web01/http WARNING
at 10s web01/http WARNING
at 20s web01/http WARNING
expect alert geoff PROBLEM notify WARNING
at 40s web01/http CRITICAL
expect state web01/http CRITICAL HARD 3
expect alert geoff PROBLEM alert CRITICAL
expect nothing
at 50s web01/http UNKNOWN
expect state web01/http UNKNOWN HARD 3
expect alert geoff PROBLEM alert UNKNOWN
expect nothing
at 60s web01/http WARNING
expect state web01/http WARNING HARD 3
expect alert geoff PROBLEM notify WARNING
expect nothing
at 70s web01/http UNKNOWN
expect state web01/http UNKNOWN HARD 3
expect alert geoff PROBLEM alert UNKNOWN
expect nothing
at 80s web01/http CRITICAL
expect state web01/http CRITICAL HARD 3
expect alert geoff PROBLEM alert CRITICAL
expect nothing
at 90s web01/http WARNING
expect state web01/http WARNING HARD 3
expect alert geoff PROBLEM notify WARNING
expect nothing
