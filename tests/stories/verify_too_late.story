# SPDX-License-Identifier: GPL-3.0-or-later
# It takes too long: that is told, and stays, whatever comes of the checks: a human must see to it.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http attempts=1 when=configured,active
check ping attempts=1 when=configured,active
check late attempts=1
verify timeout=30m alert=admins
host web01 http,ping,late status=configured
start 2026-11-20T10:00Z
at 0s tick
at 1m web01/http OK
at 2m web01/ping CRITICAL
at 1799s tick
expect nothing
at 30m tick
expect state web01/verify CRITICAL HARD 1 1 of 2 checks are OK; not: ping CRITICAL; it was to be verified within 30m
expect alert geoff PROBLEM alert CRITICAL
at 31m web01/ping OK
expect nothing
at 2h tick
expect nothing
