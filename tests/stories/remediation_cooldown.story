# SPDX-License-Identifier: GPL-3.0-or-later
# A new problem within the cooldown waits, says so to people, and runs when it is over.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean cooldown=10m
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1m ended p1-clean-1 fixed
at 2m web01/http OK
expect alert geoff RECOVERY
expect remediation clean fixed p1-clean-1
at 3m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait - the last run on this target was within the cooldown of 10m
expect alert geoff REMEDIATION alert CRITICAL geoff-pager next 660s
expect due 11m
at 5m web01/http CRITICAL
expect nothing
at 11m tick
expect remediation clean run p2-clean-1
