# SPDX-License-Identifier: GPL-3.0-or-later
# It asks, its issue is closed, and then somebody approves: it does not run.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean mode=ask approve=admins issue=OPS-7
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean ask p1-clean-1
expect alert geoff REMEDIATION
at 1m issue OPS-7 closed
expect remediation clean refuse - OPS-7: the issue is closed
expect alert geoff REMEDIATION
at 2m approve p1-clean-1 geoff
expect nothing
