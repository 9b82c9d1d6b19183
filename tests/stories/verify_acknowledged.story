# SPDX-License-Identifier: GPL-3.0-or-later
# Who sees to it can say so.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http attempts=1 when=configured,active
check ping attempts=1 when=configured,active
check late attempts=1
verify timeout=30m alert=admins repeat=1h
host web01 http,ping,late status=configured
start 2026-11-20T10:00Z
at 0s tick
at 30m tick
expect alert geoff PROBLEM alert CRITICAL
at 31m ack web01/verify max
expect alert geoff ACKNOWLEDGEMENT
at 5h tick
expect nothing
