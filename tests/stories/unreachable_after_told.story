# SPDX-License-Identifier: GPL-3.0-or-later
# The host was told before its router went down: the recovery still comes to whoever was told.
user geoff alert=geoff-pager
group admins always:geoff
check ping alert=admins attempts=1 repeat=5m
host r1 ping alive=ping
host web01 ping alive=ping parents=r1
at 0s web01/ping CRITICAL
expect alert geoff PROBLEM
at 60s r1/ping CRITICAL
expect alert geoff PROBLEM
at 5m tick
expect quiet host "web01" is unreachable
expect nothing
at 6m r1/ping OK
expect alert geoff RECOVERY
expect check web01/ping
at 7m web01/ping OK
expect alert geoff RECOVERY
