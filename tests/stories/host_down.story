# SPDX-License-Identifier: GPL-3.0-or-later
# A check of a host that is down is not told; the check that says so is.
user geoff alert=geoff-pager
group admins always:geoff
check ping alert=admins attempts=1
check http alert=admins attempts=1
host web01 ping,http alive=ping
at 0s web01/ping CRITICAL
expect alert geoff PROBLEM
at 1s web01/http CRITICAL
expect quiet host "web01" is down
at 2s web01/ping OK
expect alert geoff RECOVERY
at 3s web01/http CRITICAL
expect alert geoff PROBLEM
