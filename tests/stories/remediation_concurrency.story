# SPDX-License-Identifier: GPL-3.0-or-later
# One at a time on the whole site; the next begins when it ended.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean concurrency=1
check http alert=admins attempts=1 remediate=clean
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1m web02/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait - 1 of at most 1 runs are under way;
expect alert geoff REMEDIATION
at 5m ended p1-clean-1 fixed
expect due 5m
at 5m tick
expect remediation clean run p2-clean-1
expect nothing
