# SPDX-License-Identifier: GPL-3.0-or-later
# It recovered within `after`: nothing is done.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean after=15m
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait
at 14m web01/http OK
expect alert geoff RECOVERY
expect due never
at 20m tick
expect nothing
