# SPDX-License-Identifier: GPL-3.0-or-later
# What holds for less than a minute is recorded and no news; when some run must end first, it is tried again in a minute.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1s ended p1-clean-1 limited 40s said the last run on this target was within the cooldown of 10m
expect remediation clean wait - the last run on this target
expect nothing
at 40s tick
expect remediation clean run p1-clean-2
at 41s ended p1-clean-2 limited 0s said 1 of at most 1 runs are under way
expect remediation clean wait - 1 of at most 1
expect alert geoff REMEDIATION
expect due 101s
at 101s tick
expect remediation clean run p1-clean-3
