# SPDX-License-Identifier: GPL-3.0-or-later
# What the program said is told with its end and with the verdict: whoever is woken decides by it.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean cooldown=5m
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1m ended p1-clean-1 failed said the disk is full
expect remediation clean no_effect p1-clean-1 it failed: the disk is full
expect alert geoff REMEDIATION
expect remediation clean wait
at 6m web01/http CRITICAL
expect remediation clean run p1-clean-2
at 7m ended p1-clean-2 refused said the replica lags by 600 s
expect remediation clean refuse p1-clean-2 the program refused to run: the replica lags by 600 s
expect alert geoff REMEDIATION
at 8m web01/http OK
expect alert geoff RECOVERY
at 9m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait
expect alert geoff REMEDIATION
at 12m web01/http CRITICAL
expect remediation clean run p2-clean-1
at 13m ended p2-clean-1 fixed said db/one is cut off
at 14m restart
at 15m web01/http OK
expect remediation clean fixed p2-clean-1 the check recovered: db/one is cut off
expect alert geoff RECOVERY
