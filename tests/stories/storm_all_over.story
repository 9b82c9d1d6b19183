# SPDX-License-Identifier: GPL-3.0-or-later
# When nothing that was held back is true any more there is no summary, but a record.
storm 1 10m
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 1m web02/http CRITICAL
expect quiet PROBLEM: a storm
at 2m web02/http OK
expect quiet RECOVERY: "geoff" was not told
at 11m tick
expect quiet 1 message was held back: 0 problems last, 0 are over
expect nothing
expect due never
