# SPDX-License-Identifier: GPL-3.0-or-later
# Runs of the ledger from before the start count.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean max=2/1h cooldown=5m
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s remembered clean web01
at 10m remembered clean web01
at 20m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait - 2 runs on this target within 1h
expect alert geoff REMEDIATION
expect due 60m
