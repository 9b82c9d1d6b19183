# SPDX-License-Identifier: GPL-3.0-or-later
# A closed issue disarms its remediation, also over a restart; an open one arms it again, for the problem that lasts too.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean issue=OPS-7
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s issue OPS-7 closed
at 1m restart
at 2m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean refuse - OPS-7: the issue is closed
expect alert geoff REMEDIATION
at 3m issue OPS-8 open
expect nothing
at 4m issue OPS-7 open
expect remediation clean run p1-clean-1
at 5m ended p1-clean-1 fixed
