# SPDX-License-Identifier: GPL-3.0-or-later
# A run that died without a word counts as in vain, and may be tried once more.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 2m restart
at 2m ended p1-clean-1 died
expect remediation clean run p1-clean-2
at 3m ended p1-clean-2 died
expect remediation clean refuse - disarmed
expect alert geoff REMEDIATION
at 4m ended p1-clean-2 fixed
expect silence
