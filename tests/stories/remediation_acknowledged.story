# SPDX-License-Identifier: GPL-3.0-or-later
# An acknowledgement stops pages, not the remediation.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean after=15m
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait
at 1m ack web01/http max
expect alert geoff ACKNOWLEDGEMENT
at 15m tick
expect remediation clean run
