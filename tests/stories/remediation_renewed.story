# SPDX-License-Identifier: GPL-3.0-or-later
# A later day needs a sentence that is new; with it the remediation is armed again, and the renewal counts.
start 2026-11-20T10:00Z
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
first remediation clean tagged=2026-10-01 ttl=10d
then remediation clean tagged=2026-11-19 ttl=10d renewal=vendor_fix_slipped
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean refuse - the workaround of OPS-1 expired on 2026-10-11 after 0 runs
expect alert geoff REMEDIATION
at 1m reload
at 1m tick
expect remediation clean run p1-clean-1
