# SPDX-License-Identifier: GPL-3.0-or-later
# The time runs on over a restart.
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
at 20m restart
at 29m tick
expect nothing
at 30m tick
expect alert geoff PROBLEM alert CRITICAL
