# SPDX-License-Identifier: GPL-3.0-or-later
# One run at once on the whole site; the next begins when it has ended.
user geoff alert=geoff-pager
group admins always:geoff
limits site concurrency=1
remediation clean
remediation drain
check http alert=admins attempts=1 remediate=clean
check disk alert=admins attempts=1 remediate=drain
host web01 http
host web02 disk
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1m web02/disk CRITICAL
expect alert geoff PROBLEM
expect remediation drain wait - 1 of at most 1 runs of all remediations on the site are under way;
expect alert geoff REMEDIATION
at 2m ended p1-clean-1 fixed
expect due 2m
at 2m tick
expect remediation drain run p2-drain-1
