# SPDX-License-Identifier: GPL-3.0-or-later
# The check that tells whether a host is up waits for those of the host's parents.
user geoff alert=geoff-pager
group admins always:geoff
alerting hold=30s
check ping alert=admins attempts=1
check http alert=admins attempts=1
host r1 ping alive=ping
host web01 ping,http alive=ping parents=r1
at 0s web01/http CRITICAL
expect check web01/ping
expect nothing
at 1s web01/ping CRITICAL
expect check r1/ping
expect quiet "r1/ping" is checked first
expect quiet host "web01" is down
expect nothing
at 2s r1/ping CRITICAL
expect alert geoff PROBLEM
expect quiet host "web01" is unreachable
expect nothing
