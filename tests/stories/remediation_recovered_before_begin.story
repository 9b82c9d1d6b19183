# SPDX-License-Identifier: GPL-3.0-or-later
# The check recovers in the very instant in which a run is decided on, or before its program begins: that is no merit of
# the run, which has no verdict "fixed" then. What had begun before may have helped.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean
check http alert=admins attempts=1 remediate=clean
host web01 http
start 2026-11-20T10:00Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 0s web01/http OK
expect alert geoff RECOVERY
at 10s ended p1-clean-1 fixed began 1s
expect remediation clean moot p1-clean-1 the check had recovered before the run began
at 1m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p2-clean-1
at 2m web01/http OK
expect alert geoff RECOVERY
at 2m restart
at 3m ended p2-clean-1 failed unbegun
expect remediation clean moot p2-clean-1
at 4m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p3-clean-1
at 5m web01/http OK
expect alert geoff RECOVERY
at 6m ended p3-clean-1 fixed began 241s
expect remediation clean fixed p3-clean-1 the check recovered
