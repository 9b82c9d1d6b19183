# SPDX-License-Identifier: GPL-3.0-or-later
# Half of four hosts is two: the second runs beside the first, the third waits until one of them has ended.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean share=50
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
expect remediation clean run p2-clean-1
at 2m web03/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait - under way on 2 of 4 hosts
expect alert geoff REMEDIATION
at 3m ended p2-clean-1 fixed
at 3m tick
expect remediation clean run p3-clean-1
