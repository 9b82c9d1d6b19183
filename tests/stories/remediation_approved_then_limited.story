# SPDX-License-Identifier: GPL-3.0-or-later
# Approved, but another run is under way on the site: it waits for the limit, also over a restart, and then runs.
user geoff alert=geoff-pager
user max alert=max-pager
group admins always:geoff
group others always:max
remediation clean mode=ask approve=admins concurrency=1 by_hand=others
check http alert=admins attempts=1 remediate=clean
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean ask p1-clean-1
expect alert geoff REMEDIATION
at 1m remediate web02/http clean max
expect remediation clean run hand-60000-clean-web02 started by "max"
at 2m approve p1-clean-1 geoff
expect remediation clean wait - 1 of at most 1 runs are under way;
expect alert geoff REMEDIATION
at 3m restart
at 4m ended hand-60000-clean-web02 fixed
at 4m tick
expect remediation clean run p1-clean-1 approved by
