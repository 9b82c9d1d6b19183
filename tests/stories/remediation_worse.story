# SPDX-License-Identifier: GPL-3.0-or-later
# What gets worse after a run is not run again: the state before it counts, also after a restart.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
remediation clean on=WARNING,CRITICAL verify=5m
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http WARNING
expect alert geoff PROBLEM notify
expect remediation clean run p1-clean-1
at 1m ended p1-clean-1 fixed
at 1m restart
at 2m web01/http CRITICAL
expect alert geoff PROBLEM alert
expect remediation clean worse p1-clean-1 it got worse: WARNING became CRITICAL
expect remediation clean refuse - disarmed for this problem: it got worse
expect alert geoff REMEDIATION
expect alert geoff REMEDIATION
at 3m web01/http OK
expect alert geoff RECOVERY
expect alert geoff RECOVERY
