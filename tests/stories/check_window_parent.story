# SPDX-License-Identifier: GPL-3.0-or-later
# A parent outside its window cannot be asked, and is not waited for.
user geoff alert=geoff-pager
group admins always:geoff
window day mon-sun 08:00 20:00
alerting hold=30s
check ping attempts=1 runs=day
check http alert=admins attempts=1 depends=ping
host web01 ping,http
start 2026-11-20T21:00Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
