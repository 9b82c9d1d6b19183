# SPDX-License-Identifier: GPL-3.0-or-later
# The router came back, the host did not: now it is the host that is down.
user geoff alert=geoff-pager
group admins always:geoff
check ping alert=admins attempts=1
check http alert=admins attempts=1
host r1 ping alive=ping
host web01 ping,http alive=ping parents=r1
at 0s r1/ping CRITICAL
expect alert geoff PROBLEM
at 1s web01/ping CRITICAL
at 2s web01/http CRITICAL
at 60s r1/ping OK
expect alert geoff RECOVERY
expect check web01/ping
at 61s web01/ping CRITICAL
expect alert geoff PROBLEM
at 62s web01/http CRITICAL
expect quiet host "web01" is down by its check "ping"
expect nothing
