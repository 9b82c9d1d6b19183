# SPDX-License-Identifier: GPL-3.0-or-later
# A restart counts the same, and nobody is told twice.
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
at 1s b/http CRITICAL
expect alert geoff PROBLEM notify REDUNDANCY
at 2s restart
at 2s tick
expect silence
at 3s c/http CRITICAL
expect state service:www/serving REDUNDANCY HARD 1 3 of 5 hosts serve, at least 60 % must; not: b, c
expect nothing
at 4s c/http OK
at 5s b/http OK
expect alert geoff RECOVERY
