# SPDX-License-Identifier: GPL-3.0-or-later
# The run outlives its problem; it is judged when it ends, it still counts, and a new problem waits for it.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1m web01/http OK
expect alert geoff RECOVERY
at 2m restart
at 2m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait - "clean" is under way
at 3m ended p1-clean-1 fixed
expect remediation clean fixed p1-clean-1
at 3m tick
expect remediation clean run p2-clean-1
