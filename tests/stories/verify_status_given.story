# SPDX-License-Identifier: GPL-3.0-or-later
# Given another status, the host is verified no longer.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http attempts=1 when=configured,active
check ping attempts=1 when=configured,active
check late attempts=1
verify timeout=30m alert=admins
first host web01 http,ping,late status=configured
then host web01 http,ping,late
start 2026-11-20T10:00Z
at 0s tick
at 30m tick
expect alert geoff PROBLEM alert CRITICAL
at 40m reload
at 2h tick
expect nothing
