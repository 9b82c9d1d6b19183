# SPDX-License-Identifier: GPL-3.0-or-later
# It gets worse while the run is under way: judged when the run has ended.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
remediation clean on=WARNING,CRITICAL verify=5m
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http WARNING
expect alert geoff PROBLEM notify
expect remediation clean run p1-clean-1
at 1m web01/http CRITICAL
expect alert geoff PROBLEM alert
expect remediation clean wait - "clean" is under way
at 2m ended p1-clean-1 fixed
expect remediation clean worse p1-clean-1
expect remediation clean refuse - disarmed
expect alert geoff REMEDIATION
expect alert geoff REMEDIATION
