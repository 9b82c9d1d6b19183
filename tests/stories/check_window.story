# SPDX-License-Identifier: GPL-3.0-or-later
# A check runs and counts only in its window; when that begins it runs at once, and is told by what it says then.
user geoff alert=geoff-pager
group admins always:geoff
window day mon-sun 08:00 20:00
check http alert=admins attempts=1 runs=day
host web01 http
start 2026-11-20T19:58Z
at 0s web01/http OK
at 3m web01/http CRITICAL
expect quiet outside the check's window "day"
expect nothing
at 722m tick
expect check web01/http
expect nothing
at 723m web01/http CRITICAL
expect alert geoff PROBLEM
