# SPDX-License-Identifier: GPL-3.0-or-later
# Time for self-recovery first; one run; the recovery ends it.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean after=15m
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait - 15m are allowed for self-recovery
expect due 15m
at 10m web01/http CRITICAL
expect nothing
at 15m tick
expect remediation clean run p1-clean-1
at 15m ended p1-clean-1 fixed
expect nothing
at 16m web01/http CRITICAL
expect nothing
at 17m web01/http OK
expect alert geoff RECOVERY
expect remediation clean fixed p1-clean-1
