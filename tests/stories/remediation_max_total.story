# SPDX-License-Identifier: GPL-3.0-or-later
# Two runs an hour on all targets together.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean total=2/1h
check http alert=admins attempts=1 remediate=clean
host web01 http
host web02 http
host web03 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1m ended p1-clean-1 fixed
at 10m web02/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p2-clean-1
at 11m ended p2-clean-1 fixed
at 20m web03/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait - 2 runs on all targets within 1h
expect alert geoff REMEDIATION alert CRITICAL geoff-pager next 3600s
expect due 1h
at 1h tick
expect remediation clean run p3-clean-1
