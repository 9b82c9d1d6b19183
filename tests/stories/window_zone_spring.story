# SPDX-License-Identifier: GPL-3.0-or-later
zone Europe/Berlin
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 window=day
host web01 http
start 2026-03-28T19:30Z
at 0s web01/http CRITICAL
expect quiet outside the alert window
# 20:30 to 08:00 is 10 and a half hours on that night
expect due 10h30m
at 10h30m tick
expect alert geoff PROBLEM
