# SPDX-License-Identifier: GPL-3.0-or-later
# A host that is configured is verified when all of its checks are OK at once; nobody hears of that.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http attempts=1 when=configured,active
check ping attempts=1 when=configured,active
check late attempts=1
verify timeout=30m alert=admins
host web01 http,ping,late status=configured
start 2026-11-20T10:00Z
at 0s tick
expect state web01/verify VERIFYING HARD 1 0 of 2 checks are OK; not: http PENDING, ping PENDING
expect quiet WARNING has no urgency
at 1m web01/http OK
expect state web01/verify VERIFYING HARD 1 1 of 2 checks are OK; not: ping PENDING
at 2m web01/ping CRITICAL
expect state web01/verify VERIFYING HARD 1 1 of 2 checks are OK; not: ping CRITICAL
at 3m web01/ping OK
expect state web01/verify OK HARD 1 2 of 2 checks are OK
expect nothing
at 4m web01/ping CRITICAL
expect nothing
at 1h tick
expect nothing
