# SPDX-License-Identifier: GPL-3.0-or-later
# A child is quiet while its parent is a hard problem.
user geoff alert=geoff-pager
group admins always:geoff
check ping alert=admins attempts=1
check http alert=admins attempts=1 depends=ping
host web01 ping,http
at 0s web01/ping CRITICAL
expect alert geoff PROBLEM
at 10s web01/http CRITICAL
expect quiet depends on "ping", which is not OK
expect nothing
at 60s web01/ping OK
expect alert geoff RECOVERY
# the child is still bad by its own result from after the parent's recovery
at 70s web01/http CRITICAL
expect alert geoff PROBLEM
at 80s web01/http OK
expect alert geoff RECOVERY
