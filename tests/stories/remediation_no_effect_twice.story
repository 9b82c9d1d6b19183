# SPDX-License-Identifier: GPL-3.0-or-later
# In vain twice: disarmed for this problem, and people are told.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean cooldown=10m
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1m ended p1-clean-1 vain
expect remediation clean wait - the last run on this target
expect remediation clean no_effect p1-clean-1
expect alert geoff REMEDIATION
at 11m tick
expect remediation clean run p1-clean-2
at 12m ended p1-clean-2 failed
expect remediation clean refuse - disarmed for this problem: 2 runs had no effect
expect alert geoff REMEDIATION alert CRITICAL
expect remediation clean no_effect p1-clean-2
at 60m web01/http CRITICAL
expect nothing
at 61m web01/http OK
expect alert geoff RECOVERY
at 62m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p2-clean-1
