# SPDX-License-Identifier: GPL-3.0-or-later
# The delay before the first page gives a remediation its time. When it is disarmed there is nothing to wait for.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean
check http alert=admins attempts=1 delay=15m remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect quiet the delay before the first alert
expect remediation clean run p1-clean-1
at 1m ended p1-clean-1 vain
expect remediation clean no_effect p1-clean-1
expect quiet nobody was told of the problem
expect remediation clean run p1-clean-2
expect due 15m
at 2m ended p1-clean-2 vain
expect remediation clean no_effect p1-clean-2
expect remediation clean refuse - disarmed for this problem: 2 runs had no effect
expect nothing
at 121s tick
expect alert geoff PROBLEM alert CRITICAL geoff-pager
expect nothing
at 20m tick
expect nothing
