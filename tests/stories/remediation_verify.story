# SPDX-License-Identifier: GPL-3.0-or-later
# It said that it helped, but the check is still bad after `verify`: that was in vain.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean verify=5m
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1m ended p1-clean-1 fixed
expect due 6m
at 6m tick
expect remediation clean run p1-clean-2
expect remediation clean no_effect p1-clean-1
expect alert geoff REMEDIATION
at 7m ended p1-clean-2 fixed
at 12m tick
expect remediation clean refuse - disarmed
expect alert geoff REMEDIATION
expect remediation clean no_effect p1-clean-2
