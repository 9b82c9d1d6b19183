# SPDX-License-Identifier: GPL-3.0-or-later
# A service that still serves with fewer hosts than it should is between OK and CRITICAL.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http attempts=1
check ping attempts=1
serving http at_least=60% alert=admins
host a http
host b http
host c http
host d http
host e http
start 2026-11-20T10:00Z
at 0s a/http OK
expect state service:www/serving OK HARD 1 5 of 5 hosts serve, at least 60 % must
at 1s b/http CRITICAL
expect state service:www/serving REDUNDANCY HARD 1 4 of 5 hosts serve, at least 60 % must; not: b
expect alert geoff PROBLEM notify REDUNDANCY
at 2s c/http CRITICAL
expect state service:www/serving REDUNDANCY HARD 1 3 of 5 hosts serve, at least 60 % must; not: b, c
expect nothing
at 3s d/http CRITICAL
expect state service:www/serving CRITICAL HARD 1 2 of 5
expect alert geoff PROBLEM alert CRITICAL
at 4s c/http OK
expect state service:www/serving REDUNDANCY HARD 1 3 of 5
expect alert geoff PROBLEM notify REDUNDANCY
at 5s b/http OK
expect nothing
at 6s d/http OK
expect state service:www/serving OK HARD 1 5 of 5
expect alert geoff RECOVERY
expect alert geoff RECOVERY
