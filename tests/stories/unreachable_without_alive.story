# SPDX-License-Identifier: GPL-3.0-or-later
# A host without a check of its own is up, unless none of its parents is.
user geoff alert=geoff-pager
group admins always:geoff
check ping alert=admins attempts=1
check http alert=admins attempts=1
host r1 ping alive=ping
host web01 http parents=r1
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 1s web01/http OK
expect alert geoff RECOVERY
at 2s r1/ping CRITICAL
expect alert geoff PROBLEM
at 3s web01/http CRITICAL
expect quiet host "web01" is unreachable
expect nothing
at 4s r1/ping OK
expect alert geoff RECOVERY
expect check web01/http
at 5s web01/http CRITICAL
expect alert geoff PROBLEM
