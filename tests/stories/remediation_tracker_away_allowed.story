# SPDX-License-Identifier: GPL-3.0-or-later
# Unless it is to be disarmed, the last word holds for as long as the tracker is away.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean issue=OPS-7
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s issue OPS-7 open
at 30d web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
