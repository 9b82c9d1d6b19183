# SPDX-License-Identifier: GPL-3.0-or-later
# A host with a warning serves; one with an unknown state does not.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http attempts=1
check ping attempts=1
serving http at_least=60% alert=admins
host a http
host b http
start 2026-11-20T10:00Z
at 0s a/http OK
at 0s b/http WARNING
expect nothing
at 1s b/http UNKNOWN
expect state service:www/serving CRITICAL HARD 1 1 of 2
expect alert geoff PROBLEM alert CRITICAL
