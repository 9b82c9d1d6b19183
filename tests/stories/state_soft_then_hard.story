# SPDX-License-Identifier: GPL-3.0-or-later
# Three attempts: soft, soft, hard; the page comes with the third.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins
host web01 http
start 2026-11-20T10:00Z
at 0s web01/http OK
expect state web01/http OK HARD 1
at 60s web01/http CRITICAL
expect state web01/http CRITICAL SOFT 1
expect quiet soft state, attempt 1 of 3
at 70s web01/http CRITICAL
expect state web01/http CRITICAL SOFT 2
expect quiet soft
at 80s web01/http CRITICAL
expect state web01/http CRITICAL HARD 3
expect alert geoff PROBLEM alert CRITICAL geoff-pager
expect nothing
at 140s web01/http CRITICAL
expect quiet was told, and there is no repeat
expect silence
at 200s web01/http CRITICAL
expect silence
expect due never
