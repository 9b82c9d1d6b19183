# SPDX-License-Identifier: GPL-3.0-or-later
# A soft state is not counted.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http attempts=2
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
expect state b/http CRITICAL SOFT 1
expect nothing
at 2s b/http CRITICAL
expect alert geoff PROBLEM notify REDUNDANCY
