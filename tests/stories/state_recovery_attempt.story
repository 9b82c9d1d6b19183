# SPDX-License-Identifier: GPL-3.0-or-later
# HARD, OK: the recovery is hard at once, whatever the attempts are.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=3
host web01 http
at 0s web01/http CRITICAL
at 10s web01/http CRITICAL
at 20s web01/http CRITICAL
expect alert geoff PROBLEM
at 30s web01/http OK
expect state web01/http OK HARD 1
expect alert geoff RECOVERY
