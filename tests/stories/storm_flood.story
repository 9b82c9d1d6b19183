# SPDX-License-Identifier: GPL-3.0-or-later
# A message of several counts as one, and is held back as one; others have caps of their own.
storm 1 10m
user geoff alert=geoff-pager
user max alert=max-pager
group admins always:geoff
group others always:max
check http alert=admins,others attempts=1 group_wait=30s
check disk alert=others attempts=1 group_wait=30s
check load alert=admins attempts=1 group_wait=30s
host web01 http,disk,load
host web02 http,load
at 0s web01/http CRITICAL
at 1s web02/http CRITICAL
at 30s tick
expect alert geoff PROBLEM alert CRITICAL geoff-pager members web01/http web02/http
expect alert max PROBLEM alert CRITICAL max-pager members web01/http web02/http
expect nothing
at 5m web01/load CRITICAL
at 5m web02/load CRITICAL
at 5m30s tick
expect quiet PROBLEM: a storm, "geoff" had 1 message within 10m; it comes in a summary
expect nothing
at 10m30s web01/disk CRITICAL
at 11m tick
expect alert max PROBLEM alert CRITICAL max-pager
expect nothing
at 15m30s tick
expect alert geoff STORM alert CRITICAL geoff-pager 1 message was held back: 2 problems last, 0 are over members web01/load web02/load
expect nothing
