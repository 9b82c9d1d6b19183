# SPDX-License-Identifier: GPL-3.0-or-later
# The last word of the tracker holds for a day; then it is disarmed, until the tracker says again that the issue is open.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean issue=OPS-7 away=1d
check http alert=admins attempts=1 remediate=clean
host web01 http
start 2026-11-20T10:00Z
at 0s issue OPS-7 open
at 23h web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 23h ended p1-clean-1 fixed
at 24h web01/http OK
expect alert geoff RECOVERY
expect remediation clean fixed p1-clean-1
at 25h web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean refuse - OPS-7: the tracker has not said for too long whether the issue is open
expect alert geoff REMEDIATION
at 26h issue OPS-7 open
expect remediation clean run p2-clean-1
