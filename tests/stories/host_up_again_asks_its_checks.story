# SPDX-License-Identifier: GPL-3.0-or-later
# A host that is up again: its checks are asked at once, and told by what they say then.
user geoff alert=geoff-pager
group admins always:geoff
check ping alert=admins attempts=1
check http alert=admins attempts=1 repeat=5m
check ftp alert=admins attempts=1
host web01 ping,http,ftp alive=ping
at 0s web01/ping CRITICAL
expect alert geoff PROBLEM
at 1s web01/http CRITICAL
expect quiet host "web01" is down
at 2s web01/ftp CRITICAL
expect quiet host "web01" is down
at 60s web01/ping OK
expect alert geoff RECOVERY
expect check web01/http
expect check web01/ftp
expect nothing
at 61s web01/http OK
expect quiet nobody was told
expect nothing
at 62s web01/ftp CRITICAL
expect alert geoff PROBLEM
