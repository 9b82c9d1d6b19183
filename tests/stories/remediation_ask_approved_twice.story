# SPDX-License-Identifier: GPL-3.0-or-later
# Approved, and held back by a limit: who approves it too is told who was first, and it runs once.
user geoff alert=geoff-pager
user max alert=max-pager
group admins always:geoff,max
remediation clean mode=ask approve=admins cooldown=10m
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean ask p1-clean-1
expect alert geoff REMEDIATION
at 1m remembered clean web01
at 2m approve p1-clean-1 geoff
expect remediation clean wait - the last run on this target was within the cooldown of 10m
at 3m approve p1-clean-1 max
expect alert refused "p1-clean-1" was approved by "geoff"
at 11m tick
expect remediation clean run p1-clean-1 approved by
expect nothing
