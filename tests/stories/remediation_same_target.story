# SPDX-License-Identifier: GPL-3.0-or-later
# Two checks of one host, one remediation: one run at a time, and no page for waiting.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean
check ftp alert=admins attempts=1 remediate=clean
check http alert=admins attempts=1 remediate=clean
host web01 ftp,http
at 0s web01/ftp CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait - "clean" is under way on this target
expect nothing
at 2m ended p1-clean-1 fixed
at 2m tick
expect remediation clean run p2-clean-1
