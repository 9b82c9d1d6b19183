# SPDX-License-Identifier: GPL-3.0-or-later
# Told in the evening, a downtime over the night, well again at 04:00 within it, and its end at 05:00: nobody is woken,
# and who was told hears of the end in the morning.
start 2026-11-20T18:00Z
window day mon-sun 08:00 20:00
user max alert=max-pager@always@day
group duty always:max
check disk attempts=1 alert=duty repeat=1h
host a disk
at 0s a/disk CRITICAL
expect alert max PROBLEM alert CRITICAL
at 30m downtime a/disk for=630m
at 10h a/disk OK
expect quiet waits for the window "day"
at 11h tick
expect nothing
at 14h tick
expect alert max RECOVERY
