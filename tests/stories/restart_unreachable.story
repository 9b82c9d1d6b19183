# SPDX-License-Identifier: GPL-3.0-or-later
# A restart keeps the host unreachable and the page owed.
user geoff alert=geoff-pager
group admins always:geoff
check ping alert=admins attempts=1
host r1 ping alive=ping
host web01 ping alive=ping parents=r1
at 0s r1/ping CRITICAL
expect alert geoff PROBLEM
at 1s web01/ping CRITICAL
expect quiet unreachable
at 30s restart
expect silence
at 60s r1/ping OK
expect alert geoff RECOVERY
expect check web01/ping
at 61s web01/ping CRITICAL
expect alert geoff PROBLEM
