# SPDX-License-Identifier: GPL-3.0-or-later
# After a restart an owed page waits for a first result: here the problem is over.
user geoff alert=geoff-pager
group admins always:geoff
alerting grace=2m
window night mon-sun 22:00 06:00
check http alert=admins attempts=1 window=night
host web01 http
start 2026-11-20T21:58Z
at 0s web01/http CRITICAL
expect quiet outside the alert window
at 30s restart
at 2m tick
expect quiet waiting for a result of "web01/http" from after the start
expect nothing
at 140s web01/http OK
expect quiet nobody was told
expect nothing
