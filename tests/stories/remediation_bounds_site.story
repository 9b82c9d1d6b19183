# SPDX-License-Identifier: GPL-3.0-or-later
# Two runs of all remediations in ten minutes; the third waits until the first is ten minutes old.
user geoff alert=geoff-pager
group admins always:geoff
limits site max=2/10m
remediation clean
remediation drain
check http alert=admins attempts=1 remediate=clean
check disk alert=admins attempts=1 remediate=drain
host web01 http,disk
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1m ended p1-clean-1 fixed
at 2m web01/disk CRITICAL
expect alert geoff PROBLEM
expect remediation drain run p2-drain-1
at 3m ended p2-drain-1 fixed
at 4m web02/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait - 2 runs of all remediations on the site within 10m
expect alert geoff REMEDIATION alert CRITICAL geoff-pager next 600s
expect due 10m
at 10m tick
expect remediation clean run p3-clean-1
