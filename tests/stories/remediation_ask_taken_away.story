# SPDX-License-Identifier: GPL-3.0-or-later
# It asks, and is taken out of the configuration: nothing runs, whoever approves.
user geoff alert=geoff-pager
group admins always:geoff
first remediation clean mode=ask approve=admins
first check http alert=admins attempts=1 remediate=clean
then check http alert=admins attempts=1
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean ask p1-clean-1
expect alert geoff REMEDIATION
at 1m reload
at 2m approve p1-clean-1 geoff
expect alert refused the remediation "clean" is no longer configured
