# SPDX-License-Identifier: GPL-3.0-or-later
# Still bad in the morning: a repeat that was due is told after the first result.
user geoff alert=geoff-pager
group admins always:geoff
window day mon-sun 08:00 20:00
check http alert=admins attempts=1 runs=day repeat=1h
host web01 http
start 2026-11-20T19:30Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 750m tick
expect quiet outside the check's window
expect check web01/http
expect nothing
at 751m web01/http CRITICAL
expect alert geoff PROBLEM
