# SPDX-License-Identifier: GPL-3.0-or-later
# A check of a host that is down counts its attempts as ever.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check ping alert=admins attempts=1
check http alert=admins attempts=2
host web01 ping,http alive=ping
at 0s web01/ping CRITICAL
expect alert geoff PROBLEM
at 10s web01/http CRITICAL
expect state web01/http CRITICAL SOFT 1
at 20s web01/http CRITICAL
expect state web01/http CRITICAL HARD 2
expect quiet host "web01" is down
expect nothing
