# SPDX-License-Identifier: GPL-3.0-or-later
# A chain of routers: only the first that is down is told.
user geoff alert=geoff-pager
group admins always:geoff
check ping alert=admins attempts=1
host r1 ping alive=ping
host r2 ping alive=ping parents=r1
host web01 ping alive=ping parents=r2
at 0s r1/ping CRITICAL
expect alert geoff PROBLEM
at 1s r2/ping CRITICAL
expect quiet host "r2" is unreachable
expect nothing
at 2s web01/ping CRITICAL
expect quiet host "web01" is unreachable
expect nothing
at 60s r1/ping OK
expect alert geoff RECOVERY
expect check r2/ping
expect nothing
at 61s r2/ping OK
expect check web01/ping
expect quiet nobody was told
expect nothing
