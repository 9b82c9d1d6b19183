# SPDX-License-Identifier: GPL-3.0-or-later
# The problem keeps its id when it becomes hard, and the delay counts from there.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean soft=yes
remediation drain
check http attempts=2 alert=admins delay=1m remediate=clean,drain
host web01 http
at 0s web01/http CRITICAL
expect remediation clean run p1-clean-1
at 1s ended p1-clean-1 fixed
at 30s web01/http CRITICAL
expect state web01/http CRITICAL HARD 2
expect quiet delay
expect remediation drain run p1-drain-1
at 40s ended p1-drain-1 fixed
expect nothing
expect due 90s
at 90s tick
expect alert geoff PROBLEM
at 100s web01/http OK
expect alert geoff RECOVERY
expect remediation clean fixed p1-clean-1
expect remediation drain fixed p1-drain-1
