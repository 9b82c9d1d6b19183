# SPDX-License-Identifier: GPL-3.0-or-later
# One that waits less takes along what waits already.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 group_wait=5m
check disk alert=admins attempts=1 group_wait=10s
host web01 http,disk
at 0s web01/http CRITICAL
expect due 5m
at 60s web01/disk CRITICAL
expect due 70s
at 70s tick
expect alert geoff PROBLEM alert CRITICAL geoff-pager members web01/disk web01/http
expect nothing
