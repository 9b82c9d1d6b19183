# SPDX-License-Identifier: GPL-3.0-or-later
# The reminder waits until the owner may be reached.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager notify=geoff-mail@day
group admins always:geoff
check http alert=admins attempts=1
host web01 http
start 2026-11-20T02:00Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM alert
at 1m silence geoff 20d host=web01
at 169h tick
expect nothing
expect due 174h
at 174h tick
expect alert geoff SILENCE
