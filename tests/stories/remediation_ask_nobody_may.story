# SPDX-License-Identifier: GPL-3.0-or-later
# Without a group that may approve nobody can.
user geoff alert=geoff-pager
user max alert=max-pager
group admins always:geoff
group others always:max
remediation clean mode=ask
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean ask
expect alert geoff REMEDIATION
at 1m approve p1-clean-1 geoff
expect alert refused no group may approve the remediation "clean": "may" names none
