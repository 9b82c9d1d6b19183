# SPDX-License-Identifier: GPL-3.0-or-later
# A first result that is a recovery goes to whoever was told, at once.
user geoff alert=geoff-pager
group admins always:geoff
alerting grace=2m
check http alert=admins attempts=1
host web01 http
start 2026-11-20T10:00Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 30s restart
at 40s web01/http OK
expect alert geoff RECOVERY
