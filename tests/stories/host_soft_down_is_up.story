# SPDX-License-Identifier: GPL-3.0-or-later
# A host is down when that is hard.
user geoff alert=geoff-pager
group admins always:geoff
check ping alert=admins attempts=2
check http alert=admins attempts=1
host web01 ping,http alive=ping
at 0s web01/ping CRITICAL
at 1s web01/http CRITICAL
expect alert geoff PROBLEM alert CRITICAL
