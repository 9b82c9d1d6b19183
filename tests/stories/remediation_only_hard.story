# SPDX-License-Identifier: GPL-3.0-or-later
user geoff alert=geoff-pager
group admins always:geoff
remediation clean
check http alert=admins remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect quiet soft
at 10s web01/http CRITICAL
expect nothing
at 20s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run
