# SPDX-License-Identifier: GPL-3.0-or-later
# A result of the same instant is not old.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=2
host web01 http
at 10s web01/http CRITICAL
at 10s web01/http CRITICAL
expect state web01/http CRITICAL HARD 2
expect alert geoff PROBLEM
at 10s web01/http OK
expect alert geoff RECOVERY
