# SPDX-License-Identifier: GPL-3.0-or-later
# One group has nobody; the other is told, and the first when someone comes.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager
user max alert=max-pager
group admins day:geoff
group duty always:max
check http alert=admins,duty attempts=1
host web01 http
start 2026-11-20T22:00Z
at 0s web01/http CRITICAL
expect alert max PROBLEM
expect quiet nobody of group "admins"
at 10h tick
expect alert geoff PROBLEM
expect nothing
at 11h web01/http OK
expect alert geoff RECOVERY
expect alert max RECOVERY
