# SPDX-License-Identifier: GPL-3.0-or-later
# The first of each group; a contact in both gets one message.
user geoff alert=geoff-pager
user max alert=max-pager
group admins always:geoff
group duty always:max,geoff
group boss always:geoff,max
check http alert=admins,duty,boss attempts=1
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect alert max PROBLEM
expect nothing
at 60s web01/http OK
expect alert geoff RECOVERY
expect alert max RECOVERY
expect nothing
