# SPDX-License-Identifier: GPL-3.0-or-later
# A soft recovery pages nobody, and the state is HARD OK 1 after it.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins
host web01 http
at 0s web01/http OK
at 60s web01/http CRITICAL
at 70s web01/http WARNING
expect state web01/http WARNING SOFT 2
at 80s web01/http OK
expect state web01/http OK HARD 1
expect quiet soft
expect nothing
at 140s web01/http OK
expect nothing
