# SPDX-License-Identifier: GPL-3.0-or-later
# A later day alone does not arm it again, also not after a restart.
start 2026-11-20T10:00Z
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
first remediation clean tagged=2026-10-01 ttl=60d
then remediation clean tagged=2026-11-19 ttl=60d
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s reload
at 1m restart
at 2m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean refuse - the workaround of OPS-1 was tagged again without a new "renewal" sentence
expect alert geoff REMEDIATION
at 3m restart
at 4m web01/http CRITICAL
expect nothing
