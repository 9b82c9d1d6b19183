# SPDX-License-Identifier: GPL-3.0-or-later
# After the TTL it is refused once, and whoever was told of the problem is told that too.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean tagged=2026-11-01 ttl=10d issue=OPS-1423
check http alert=admins attempts=1 remediate=clean
host web01 http
start 2026-11-12T00:00Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean refuse - the workaround of OPS-1423 expired on 2026-11-11
expect alert geoff REMEDIATION alert CRITICAL
at 60s web01/http CRITICAL
expect nothing
at 120s web01/http OK
expect alert geoff RECOVERY
at 180s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean refuse
expect alert geoff REMEDIATION
