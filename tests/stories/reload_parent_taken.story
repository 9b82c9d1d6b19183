# SPDX-License-Identifier: GPL-3.0-or-later
# A parent that the host has no longer keeps nobody quiet.
user geoff alert=geoff-pager
group admins always:geoff
check ping alert=admins attempts=1
host r1 ping alive=ping
first host web01 ping alive=ping parents=r1
then host web01 ping alive=ping
at 0s r1/ping CRITICAL
expect alert geoff PROBLEM
at 1s web01/ping CRITICAL
expect quiet unreachable
at 30s reload
at 30s tick
expect alert geoff PROBLEM alert CRITICAL
