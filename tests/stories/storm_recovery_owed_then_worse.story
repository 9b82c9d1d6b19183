# SPDX-License-Identifier: GPL-3.0-or-later
# Its recovery waits for the day, the problem returns worse and is held back in a storm, and ends: the reader, who knows
# of the first one, hears of the end.
start 2026-11-20T01:00Z
storm 2 20m
window day mon-sun 08:00 20:00
user max alert=max-pager@always@day
group duty always:max
check disk attempts=1 alert=duty
check http attempts=1 alert=duty
host a disk,http
at 0s a/disk UNKNOWN
expect alert max PROBLEM alert UNKNOWN
at 60s a/disk OK
expect quiet waits for the window "day"
at 90s a/http CRITICAL
expect alert max PROBLEM
at 120s a/disk CRITICAL
expect quiet a storm
at 180s a/disk OK
expect nothing
at 8h tick
expect alert max RECOVERY
