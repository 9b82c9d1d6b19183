# SPDX-License-Identifier: GPL-3.0-or-later
# Told CRITICAL; at night WARNING and CRITICAL again: when the window opens nothing is news.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 window=day
host web01 http
start 2026-11-20T19:00Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 2h web01/http WARNING
expect quiet outside the alert window
at 3h web01/http CRITICAL
expect quiet outside the alert window
at 13h tick
expect quiet was told
expect nothing
