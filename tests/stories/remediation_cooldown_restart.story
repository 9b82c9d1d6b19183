# SPDX-License-Identifier: GPL-3.0-or-later
# The rest after a run that was under way over a restart begins with its end as well.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean cooldown=10m
check http alert=admins attempts=1 remediate=clean
host web01 http
at 1m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 2m restart
at 5m ended p1-clean-1 fixed
at 6m web01/http OK
expect alert geoff RECOVERY
expect remediation clean fixed p1-clean-1
at 7m restart
at 8m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait - the last run on this target was within the cooldown of 10m
expect alert geoff REMEDIATION
expect due 15m
