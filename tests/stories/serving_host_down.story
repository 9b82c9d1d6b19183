# SPDX-License-Identifier: GPL-3.0-or-later
# A host that is down does not serve, whatever its check said last.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http attempts=1
check ping attempts=1
serving http at_least=1 alert=admins
host a ping,http alive=ping
host b ping,http alive=ping
start 2026-11-20T10:00Z
at 0s a/http OK
at 1s a/ping CRITICAL
expect state service:www/serving REDUNDANCY HARD 1 1 of 2
expect alert geoff PROBLEM notify REDUNDANCY
at 2s a/ping OK
expect state service:www/serving OK HARD 1
expect alert geoff RECOVERY
