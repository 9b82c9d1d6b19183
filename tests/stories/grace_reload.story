# SPDX-License-Identifier: GPL-3.0-or-later
# A reload is a start: nobody is told by the new rules before a result.
user geoff alert=geoff-pager
group admins always:geoff
alerting grace=2m
first check http alert=admins attempts=1 critical=none
then check http alert=admins attempts=1
host web01 http
start 2026-11-20T10:00Z
at 0s web01/http CRITICAL
expect quiet CRITICAL has no urgency
at 30s reload
at 30s tick
expect quiet waiting for a result of "web01/http"
expect nothing
at 60s web01/http CRITICAL
expect alert geoff PROBLEM alert CRITICAL
