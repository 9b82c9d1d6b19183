# SPDX-License-Identifier: GPL-3.0-or-later
# It asks; a person of the right group approves it within the time; the approval is for one run.
user geoff alert=geoff-pager
user max alert=max-pager
group admins always:geoff
group others always:max
remediation clean mode=ask approve=admins verify=5m
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean ask p1-clean-1 it asks for approval within 30m by someone of admins; approve it by "watchbill remediation approve p1-clean-1"
expect alert geoff REMEDIATION
at 1m web01/http CRITICAL
expect remediation clean wait - it waits for approval
at 2m approve p1-clean-1 max
expect alert refused "max" is in no group that may approve the remediation "clean"
at 2m approve p9-clean-1 geoff
expect alert refused nothing asks for approval as "p9-clean-1"
at 3m restart
at 4m approve p1-clean-1 geoff
expect remediation clean run p1-clean-1 approved by "geoff",
at 5m approve p1-clean-1 geoff
expect alert refused nothing asks for approval as "p1-clean-1"
at 6m ended p1-clean-1 fixed
at 11m tick
expect remediation clean no_effect p1-clean-1
expect alert geoff REMEDIATION
expect remediation clean ask p1-clean-2
expect alert geoff REMEDIATION
