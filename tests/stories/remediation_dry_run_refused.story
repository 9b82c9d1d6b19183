# SPDX-License-Identifier: GPL-3.0-or-later
# What governs an act governs what says what it would do: a TTL that has ended, and the limits.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean mode=dry_run tagged=2026-11-01 ttl=10d
remediation drain mode=dry_run cooldown=10m
check http alert=admins attempts=1 remediate=clean
check disk alert=admins attempts=1 remediate=drain
host web01 http,disk
start 2026-11-12T00:00Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean refuse - the workaround of OPS-1 expired on 2026-11-11
expect alert geoff REMEDIATION
at 1m remembered drain web01
at 2m web01/disk CRITICAL
expect alert geoff PROBLEM
expect remediation drain wait - the last run on this target was within the cooldown of 10m
expect alert geoff REMEDIATION
at 11m tick
expect remediation drain dry_run p2-drain-1
