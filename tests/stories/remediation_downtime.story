# SPDX-License-Identifier: GPL-3.0-or-later
# A downtime keeps people quiet, not the remediation, as event handlers of Nagios run in a downtime.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean after=15m
check http alert=admins attempts=1 remediate=clean
host web01 http
at 0s downtime host=web01 for=1h
expect quiet downtime 1
at 1m web01/http CRITICAL
expect quiet downtime 1
expect remediation clean wait
at 16m tick
expect remediation clean run
