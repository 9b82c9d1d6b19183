# SPDX-License-Identifier: GPL-3.0-or-later
# No result came: the page is not held back for ever.
user geoff alert=geoff-pager
group admins always:geoff
alerting grace=2m
check http alert=admins attempts=1 delay=1m
host web01 http
start 2026-11-20T10:00Z
at 0s web01/http CRITICAL
at 30s restart
at 149s tick
expect quiet waiting for a result
expect nothing
at 150s tick
expect alert geoff PROBLEM
