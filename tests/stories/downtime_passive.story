# SPDX-License-Identifier: GPL-3.0-or-later
# What cannot be run is not waited for.
alerting hold=30s
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 passive=yes
host web01 http
at 0s downtime web01 for=1h
at 10m web01/http CRITICAL
at 60m tick
expect alert geoff PROBLEM
