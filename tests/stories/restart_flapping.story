# SPDX-License-Identifier: GPL-3.0-or-later
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 flapping=5,10
host web01 http
at 0s web01/http OK
at 1s web01/http CRITICAL
expect alert geoff PROBLEM
at 2s web01/http OK
expect alert geoff FLAPPINGSTART alert OK
at 3s restart
at 4s web01/http CRITICAL
expect quiet flapping
expect nothing
