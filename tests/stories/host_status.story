# SPDX-License-Identifier: GPL-3.0-or-later
# A host that is not yet active keeps quiet.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1
host web01 http status=configured
at 0s web01/http CRITICAL
expect quiet host "web01" is configured
expect nothing
