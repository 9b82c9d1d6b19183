# SPDX-License-Identifier: GPL-3.0-or-later
# Held back, and then the check recovers by itself: nothing helped, and nothing is judged. The next problem begins anew.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1s ended p1-clean-1 limited 10m said held
expect remediation clean wait - held
expect alert geoff REMEDIATION
at 1m web01/http OK
expect alert geoff RECOVERY
expect nothing
at 2m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p2-clean-1
at 3m web01/http OK
expect alert geoff RECOVERY
at 4m ended p2-clean-1 limited 10m said held
expect remediation clean moot p2-clean-1
expect nothing
