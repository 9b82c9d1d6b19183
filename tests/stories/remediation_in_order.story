# SPDX-License-Identifier: GPL-3.0-or-later
# Two remediations: the second begins when the first is over and its proof failed.
user geoff alert=geoff-pager
group admins always:geoff
remediation drain verify=5m cooldown=1h
remediation failover after=1m
check http alert=admins attempts=1 remediate=drain,failover
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation drain run p1-drain-1
expect remediation failover wait - "drain" is under way
at 2m ended p1-drain-1 fixed
expect nothing
at 7m tick
expect remediation drain wait - the last run
expect remediation failover run p1-failover-1
expect remediation drain no_effect p1-drain-1
expect alert geoff REMEDIATION
