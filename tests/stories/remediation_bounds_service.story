# SPDX-License-Identifier: GPL-3.0-or-later
# One run at once of all remediations on a service, whichever they are.
user geoff alert=geoff-pager
group admins always:geoff
limits service concurrency=1
remediation clean
remediation drain
check http alert=admins attempts=1 remediate=clean
check disk alert=admins attempts=1 remediate=drain
host web01 http,disk
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1m web01/disk CRITICAL
expect alert geoff PROBLEM
expect remediation drain wait - 1 of at most 1 runs of all remediations on this service are under way;
expect alert geoff REMEDIATION
at 5m ended p1-clean-1 fixed
at 5m tick
expect remediation drain run p2-drain-1
