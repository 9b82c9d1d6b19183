# SPDX-License-Identifier: GPL-3.0-or-later
# The state goes to and fro while the limit holds: it is recorded again, but people are told once.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean cooldown=1h
check http alert=admins attempts=1 warning=none remediate=clean
host web01 http
at 0s remembered clean web01
at 1m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait - the last run
expect alert geoff REMEDIATION
at 2m web01/http WARNING
expect nothing
at 3m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait - the last run
expect nothing
at 1h tick
expect remediation clean run
