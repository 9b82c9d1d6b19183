# SPDX-License-Identifier: GPL-3.0-or-later
user geoff alert=geoff-pager
group admins always:geoff
remediation clean mode=ask
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean ask
at 1m web01/http CRITICAL
expect nothing
