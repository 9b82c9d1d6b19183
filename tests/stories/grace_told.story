# SPDX-License-Identifier: GPL-3.0-or-later
# What was told is no news: its repeats go on.
user geoff alert=geoff-pager
group admins always:geoff
alerting grace=2m
check http alert=admins attempts=1 repeat=1m
host web01 http
start 2026-11-20T10:00Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 30s restart
at 59s tick
expect silence
at 60s tick
expect alert geoff PROBLEM
