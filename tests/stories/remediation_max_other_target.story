# SPDX-License-Identifier: GPL-3.0-or-later
# The limit is per target.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean max=1/1h
check http alert=admins attempts=1 remediate=clean
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1m web02/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p2-clean-1
