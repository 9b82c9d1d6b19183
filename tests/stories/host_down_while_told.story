# SPDX-License-Identifier: GPL-3.0-or-later
# A host goes down when its check was told already: no more is said, and the recovery comes.
user geoff alert=geoff-pager
group admins always:geoff
check ping alert=admins attempts=1
check http alert=admins attempts=1 repeat=5m
host web01 ping,http alive=ping
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 60s web01/ping CRITICAL
expect alert geoff PROBLEM
at 5m tick
expect quiet host "web01" is down
expect nothing
at 6m web01/ping OK
expect alert geoff RECOVERY
expect check web01/http
at 7m web01/http OK
expect alert geoff RECOVERY
