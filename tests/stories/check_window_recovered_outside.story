# SPDX-License-Identifier: GPL-3.0-or-later
# A result that comes late, outside the window, still ends the problem.
user geoff alert=geoff-pager
group admins always:geoff
window day mon-sun 08:00 20:00
check http alert=admins attempts=1 runs=day
host web01 http
start 2026-11-20T19:58Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 3m web01/http OK
expect alert geoff RECOVERY
