# SPDX-License-Identifier: GPL-3.0-or-later
# on: CRITICAL alone.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
remediation clean on=CRITICAL
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http WARNING
expect alert geoff PROBLEM
expect nothing
at 60s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run
