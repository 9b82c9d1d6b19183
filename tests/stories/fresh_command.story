# SPDX-License-Identifier: GPL-3.0-or-later
# A check with a command is run when its results stay away, again and again.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 freshness=10m
host web01 http
start 2026-11-20T10:00Z
at 0s web01/http OK
at 10m tick
expect check web01/http
expect due 20m
at 20m tick
expect check web01/http
at 21m web01/http OK
expect due 31m
