# SPDX-License-Identifier: GPL-3.0-or-later
# The window is civil time: 08:00 in Berlin is 07:00Z in winter and 06:00Z in summer.
zone Europe/Berlin
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 window=day
host web01 http
start 2026-10-24T18:30Z
at 0s web01/http CRITICAL
expect quiet outside the alert window
# the clocks go back on the 25th: 12 and a half hours, not 11 and a half
expect due 12h30m
at 12h30m tick
expect alert geoff PROBLEM
