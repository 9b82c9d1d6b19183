# SPDX-License-Identifier: GPL-3.0-or-later
# The TTL ends with its last day.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean tagged=2026-11-01 ttl=10d after=1m
check http alert=admins attempts=1 remediate=clean
host web01 http
host web02 http
start 2026-11-11T23:58Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait
at 1m tick
expect remediation clean run
at 1m web02/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait
at 2m tick
expect remediation clean refuse - the workaround of OPS-1 expired on 2026-11-11
expect alert geoff REMEDIATION
