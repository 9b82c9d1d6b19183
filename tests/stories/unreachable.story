# SPDX-License-Identifier: GPL-3.0-or-later
# Behind a router that is down everything is quiet but the router.
user geoff alert=geoff-pager
group admins always:geoff
check ping alert=admins attempts=1
check http alert=admins attempts=1
host r1 ping alive=ping
host web01 ping,http alive=ping parents=r1
at 0s r1/ping CRITICAL
expect alert geoff PROBLEM
at 1s web01/ping CRITICAL
expect quiet host "web01" is unreachable: none of its parents is up, such as "r1"
expect nothing
at 2s web01/http CRITICAL
expect quiet host "web01" is unreachable
expect nothing
at 60s r1/ping OK
expect alert geoff RECOVERY
expect check web01/ping
at 61s web01/ping OK
expect check web01/http
expect quiet nobody was told
at 62s web01/http OK
expect quiet nobody was told
expect nothing
