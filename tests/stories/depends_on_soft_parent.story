# SPDX-License-Identifier: GPL-3.0-or-later
# A parent in a soft state does not silence its child.
user geoff alert=geoff-pager
group admins always:geoff
check ping alert=admins
check http alert=admins attempts=1 depends=ping
host web01 ping,http
at 0s web01/ping CRITICAL
expect quiet soft
at 1s web01/http CRITICAL
expect alert geoff PROBLEM
