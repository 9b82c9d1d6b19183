# SPDX-License-Identifier: GPL-3.0-or-later
# What was in vain is told with its reason: nothing was done, it had no effect, or the check did not recover after all.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean verify=5m
remediation drain
check http alert=admins attempts=1 remediate=clean
check disk alert=admins attempts=1 remediate=drain
host web01 http
host web02 disk
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1m ended p1-clean-1 failed unbegun
expect remediation clean no_effect p1-clean-1 it did not begin
expect alert geoff REMEDIATION
expect remediation clean run p1-clean-2
at 2m ended p1-clean-2 fixed
at 7m tick
expect remediation clean no_effect p1-clean-2 the check did not recover after it
expect remediation clean refuse - disarmed for this problem: 2 runs had no effect
expect alert geoff REMEDIATION
at 8m web02/disk CRITICAL
expect alert geoff PROBLEM
expect remediation drain run p2-drain-1
at 9m ended p2-drain-1 vain
expect remediation drain no_effect p2-drain-1 it had no effect
expect alert geoff REMEDIATION
expect remediation drain run p2-drain-2
