# SPDX-License-Identifier: GPL-3.0-or-later
# any: quiet only when none of them is fine.
user geoff alert=geoff-pager
group admins always:geoff
check ping attempts=1
check http alert=admins attempts=1 any=r1/ping,r2/ping
host r1 ping
host r2 ping
host web01 http
at 0s r1/ping CRITICAL
at 1s r2/ping OK
at 2s web01/http CRITICAL
expect alert geoff PROBLEM
at 3s web01/http OK
expect alert geoff RECOVERY
at 4s r2/ping CRITICAL
at 5s web01/http CRITICAL
expect quiet depends on
expect nothing
