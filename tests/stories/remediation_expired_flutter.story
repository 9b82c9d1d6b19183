# SPDX-License-Identifier: GPL-3.0-or-later
# An expired remediation is refused once for a problem.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean tagged=2025-01-01 ttl=1d
check http alert=admins attempts=1 warning=none remediate=clean
host web01 http
start 2026-11-20T10:00Z
at 1m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean refuse
expect alert geoff REMEDIATION
at 2m web01/http WARNING
at 3m web01/http CRITICAL
expect alert geoff PROBLEM
expect nothing
