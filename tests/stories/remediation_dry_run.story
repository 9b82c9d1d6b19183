# SPDX-License-Identifier: GPL-3.0-or-later
# It says what it would do, once for a problem, and counts for nothing.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean mode=dry_run after=1m cooldown=10m
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait
at 1m tick
expect remediation clean dry_run p1-clean-1
at 2m web01/http CRITICAL
expect nothing
at 3m web01/http OK
expect alert geoff RECOVERY
at 4m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait - 1m
at 5m tick
expect remediation clean dry_run p2-clean-1
