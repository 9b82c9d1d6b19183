# SPDX-License-Identifier: GPL-3.0-or-later
# What was approved and then held by the ledger runs without being asked for again, also over a restart in between.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean mode=ask approve=admins
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean ask p1-clean-1
expect alert geoff REMEDIATION
at 1m approve p1-clean-1 geoff
expect remediation clean run p1-clean-1 approved
at 1m restart
at 61s ended p1-clean-1 limited 10m said 3 runs on this target within 1h
expect remediation clean wait - 3 runs on this target within 1h
expect alert geoff REMEDIATION
at 2m restart
at 9m web01/http CRITICAL
expect nothing
at 10m tick
expect remediation clean run p1-clean-1 approved
