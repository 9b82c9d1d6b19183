# SPDX-License-Identifier: GPL-3.0-or-later
# One parent that is up is a way: then the host is down.
user geoff alert=geoff-pager
group admins always:geoff
check ping alert=admins attempts=1
host r1 ping alive=ping
host r2 ping alive=ping
host web01 ping alive=ping parents=r1,r2
at 0s r1/ping CRITICAL
expect alert geoff PROBLEM
at 1s r2/ping OK
at 2s web01/ping CRITICAL
expect alert geoff PROBLEM
at 3s web01/ping OK
expect alert geoff RECOVERY
at 4s r2/ping CRITICAL
expect alert geoff PROBLEM
at 5s web01/ping CRITICAL
expect quiet none of its parents is up
expect nothing
