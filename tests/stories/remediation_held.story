# SPDX-License-Identifier: GPL-3.0-or-later
# The frame refuses a run for a limit that others had used up, of which only the ledger knows: people are told once, with
# the reason; it is no failure, and it runs when the limit is over.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean max=1/10m
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1s ended p1-clean-1 limited 8m said 1 runs on this target within 10m
expect remediation clean wait - 1 runs on this target within 10m
expect alert geoff REMEDIATION
expect due 8m
at 5m web01/http CRITICAL
expect nothing
at 8m tick
expect remediation clean run p1-clean-2
at 481s ended p1-clean-2 limited 12m said 1 runs on this target within 10m
expect remediation clean wait - 1 runs on this target within 10m
expect nothing
at 12m tick
expect remediation clean run p1-clean-3
at 13m ended p1-clean-3 vain
expect remediation clean no_effect p1-clean-3
expect alert geoff REMEDIATION
expect remediation clean wait - 1 runs on this target within 10m
expect alert geoff REMEDIATION
expect due 22m
