# SPDX-License-Identifier: GPL-3.0-or-later
# The program itself refused: not again for this problem.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1m ended p1-clean-1 refused
expect remediation clean refuse p1-clean-1 the program refused to run
expect alert geoff REMEDIATION
at 2m web01/http CRITICAL
expect nothing
