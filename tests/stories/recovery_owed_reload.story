# SPDX-License-Identifier: GPL-3.0-or-later
# A new generation whose contact does not wait lets it go; a contact or a check that is gone is told nothing.
window day mon-sun 08:00 20:00
first user geoff alert=geoff-pager@always@day
first user max alert=max-pager@always@day
then user geoff alert=geoff-pager
then user max alert=max-phone
group admins always:geoff
group others always:max
check http alert=admins,others attempts=1
host web01 http
first host web02 http
start 2026-11-20T22:00Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect alert max PROBLEM
at 0s web02/http CRITICAL
expect alert geoff PROBLEM
expect alert max PROBLEM
at 1h web01/http OK
at 1h web02/http OK
at 2h reload
expect nothing
at 2h tick
expect alert geoff RECOVERY alert OK geoff-pager
expect quiet RECOVERY: "max", who was told, has no longer that contact
expect nothing
expect due never
