# SPDX-License-Identifier: GPL-3.0-or-later
# What was never seen before has no grace: its first result ends it.
user geoff alert=geoff-pager
group admins always:geoff
alerting grace=2m
check http alert=admins attempts=1
host web01 http
start 2026-11-20T10:00Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
