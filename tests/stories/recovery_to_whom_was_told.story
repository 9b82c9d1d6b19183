# SPDX-License-Identifier: GPL-3.0-or-later
# The rota has changed meanwhile; the recovery goes to geoff all the same, once.
window day mon-sun 10:00 22:00
user geoff alert=geoff-pager
user max alert=max-pager
group admins day:geoff always:max
check http alert=admins attempts=1
host web01 http
start 2026-11-20T21:00Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 4h web01/http OK
expect alert geoff RECOVERY alert OK geoff-pager
expect nothing
