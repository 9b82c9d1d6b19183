# SPDX-License-Identifier: GPL-3.0-or-later
# One run an hour of all remediations on a service, whichever they are and on whichever host.
user geoff alert=geoff-pager
group admins always:geoff
limits service max=1/1h
remediation clean
remediation drain
check http alert=admins attempts=1 remediate=clean
check disk alert=admins attempts=1 remediate=drain
host web01 http,disk
host web02 http,disk
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1m ended p1-clean-1 fixed
at 2m web02/disk CRITICAL
expect alert geoff PROBLEM
expect remediation drain wait - 1 runs of all remediations on this service within 1h
expect alert geoff REMEDIATION alert CRITICAL geoff-pager next 3600s
expect due 1h
at 1h tick
expect remediation drain run p2-drain-1
