# SPDX-License-Identifier: GPL-3.0-or-later
# A run under way over a restart is not begun again.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean cooldown=1m
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 10s restart
at 60s web01/http CRITICAL
expect remediation clean wait - "clean" is under way
at 70s ended p1-clean-1 fixed
expect nothing
at 80s web01/http OK
expect alert geoff RECOVERY
expect remediation clean fixed p1-clean-1
