# SPDX-License-Identifier: GPL-3.0-or-later
# A problem lasts on while the window is closed: no repeats, and the recovery is told when the check has run again.
user geoff alert=geoff-pager
group admins always:geoff
window day mon-sun 08:00 20:00
check http alert=admins attempts=1 runs=day repeat=1h
host web01 http
start 2026-11-20T19:30Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 1h tick
expect quiet outside the check's window
expect nothing
at 750m tick
expect check web01/http
at 751m web01/http OK
expect alert geoff RECOVERY
