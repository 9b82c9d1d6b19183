# SPDX-License-Identifier: GPL-3.0-or-later
# Who acknowledged is not paged for a limit; it is recorded.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean cooldown=1h after=5m
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s remembered clean web01
at 1m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait
at 2m ack web01/http max
expect alert geoff ACKNOWLEDGEMENT
at 6m tick
expect remediation clean wait - the last run
expect quiet not told, because it is acknowledged
expect nothing
