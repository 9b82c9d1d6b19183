# SPDX-License-Identifier: GPL-3.0-or-later
# Only active hosts are counted.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http attempts=1
check ping attempts=1
serving http at_least=60% alert=admins
host a http
host b http status=verified
start 2026-11-20T10:00Z
at 0s a/http OK
expect state service:www/serving OK HARD 1 1 of 1
at 1s b/http CRITICAL
expect nothing
