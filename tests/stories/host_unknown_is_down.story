# SPDX-License-Identifier: GPL-3.0-or-later
# A check that cannot tell whether a host is up does not count it as up.
user geoff alert=geoff-pager
group admins always:geoff
check ping alert=admins attempts=1 unknown=none
check http alert=admins attempts=1
host web01 ping,http alive=ping
at 0s web01/ping UNKNOWN
at 1s web01/http CRITICAL
expect quiet host "web01" is down by its check "ping"
expect nothing
