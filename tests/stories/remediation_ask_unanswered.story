# SPDX-License-Identifier: GPL-3.0-or-later
# Nobody approves: it says so, and does not ask again for this problem; an approval then is too late.
user geoff alert=geoff-pager
user max alert=max-pager
group admins always:geoff
group others always:max
remediation clean mode=ask approve=admins approval=10m
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean ask
expect alert geoff REMEDIATION
expect due 10m
at 10m tick
expect remediation clean refuse - nobody approved it within 10m
expect alert geoff REMEDIATION
at 11m approve p1-clean-1 geoff
expect alert refused the time to approve "p1-clean-1" is over
at 12m web01/http CRITICAL
expect nothing
at 13m web01/http OK
expect alert geoff RECOVERY
at 14m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean ask p2-clean-1
expect alert geoff REMEDIATION
