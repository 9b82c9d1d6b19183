# SPDX-License-Identifier: GPL-3.0-or-later
# A host that is taken out of the configuration is not missed.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http attempts=1
check ping attempts=1
serving http at_least=60% alert=admins
host a http
host b http
host c http
first host d http
start 2026-11-20T10:00Z
at 0s a/http OK
at 1s d/http CRITICAL
expect alert geoff PROBLEM notify REDUNDANCY
at 2s reload
at 2s tick
expect state service:www/serving OK HARD 1 3 of 3 hosts serve, at least 60 % must
expect alert geoff RECOVERY
