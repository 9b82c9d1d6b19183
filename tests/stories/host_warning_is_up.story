# SPDX-License-Identifier: GPL-3.0-or-later
# A warning of the check that tells whether a host is up comes from a host that is up.
user geoff alert=geoff-pager
group admins always:geoff
check ping alert=admins attempts=1 warning=none
check http alert=admins attempts=1
host web01 ping,http alive=ping
at 0s web01/ping WARNING
expect quiet WARNING has no urgency
at 1s web01/http CRITICAL
expect alert geoff PROBLEM
