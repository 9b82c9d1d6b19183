# SPDX-License-Identifier: GPL-3.0-or-later
# A run that was interrupted is reported, and not repeated by itself; the next problem has it again.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
remediation clean
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 2m restart
at 2m ended p1-clean-1 died
expect remediation clean no_effect p1-clean-1 it was interrupted
expect remediation clean refuse - disarmed
expect alert geoff REMEDIATION
at 4m ended p1-clean-1 fixed
expect silence
at 5m restart
at 6m web01/http CRITICAL
expect silence
at 10m web01/http OK
expect alert geoff RECOVERY
at 20m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p2-clean-1
at 21m ended p2-clean-1 died said killed by signal 9; it was in step 2 of 3
expect remediation clean no_effect p2-clean-1 it was interrupted: killed by signal 9; it was in step 2 of 3
expect remediation clean refuse - disarmed for this problem: a run was interrupted, and is not repeated by itself: killed by signal 9; it was in step 2 of 3
expect alert geoff REMEDIATION
at 22m restart
at 30m web01/http CRITICAL
expect silence
