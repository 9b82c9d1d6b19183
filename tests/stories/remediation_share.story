# SPDX-License-Identifier: GPL-3.0-or-later
# A quarter of four hosts is one.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean share=25
check http alert=admins attempts=1 remediate=clean
host web01 http
host web02 http
host web03 http
host web04 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1m web02/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait - under way on 1 of 4 hosts
expect alert geoff REMEDIATION
at 2m ended p1-clean-1 fixed
at 2m tick
expect remediation clean run p2-clean-1
