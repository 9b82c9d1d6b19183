# SPDX-License-Identifier: GPL-3.0-or-later
# Three runs an hour on a target; the fourth waits until the first is an hour old.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean max=3/1h
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1m ended p1-clean-1 fixed
at 2m web01/http OK
expect alert geoff RECOVERY
expect remediation clean fixed p1-clean-1
at 10m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p2-clean-1
at 11m ended p2-clean-1 fixed
at 12m web01/http OK
expect alert geoff RECOVERY
expect remediation clean fixed p2-clean-1
at 20m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p3-clean-1
at 21m ended p3-clean-1 fixed
at 22m web01/http OK
expect alert geoff RECOVERY
expect remediation clean fixed p3-clean-1
at 30m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait - 3 runs on this target within 1h
expect alert geoff REMEDIATION alert CRITICAL geoff-pager next 3600s
expect due 1h
at 1h tick
expect remediation clean run p4-clean-1
