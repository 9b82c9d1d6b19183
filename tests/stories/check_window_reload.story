# SPDX-License-Identifier: GPL-3.0-or-later
# A window that a reload brings counts from then on.
user geoff alert=geoff-pager
group admins always:geoff
window day mon-sun 08:00 20:00
first check http alert=admins attempts=1 repeat=1h
then check http alert=admins attempts=1 repeat=1h runs=day
host web01 http
start 2026-11-20T19:30Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 20m reload
at 1h tick
expect quiet outside the check's window
expect nothing
at 751m web01/http OK
expect alert geoff RECOVERY
