# SPDX-License-Identifier: GPL-3.0-or-later
# How many must serve, as a number.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http attempts=1
check ping attempts=1
serving http at_least=2 alert=admins
host a http
host b http
host c http
start 2026-11-20T10:00Z
at 0s a/http CRITICAL
expect state service:www/serving REDUNDANCY HARD 1 2 of 3 hosts serve, at least 2 must; not: a
expect alert geoff PROBLEM notify REDUNDANCY
at 1s b/http CRITICAL
expect state service:www/serving CRITICAL HARD 1
expect alert geoff PROBLEM alert CRITICAL
