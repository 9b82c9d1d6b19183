# SPDX-License-Identifier: GPL-3.0-or-later
# After any OK the attempts begin anew.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=2
host web01 http
at 0s web01/http CRITICAL
expect state web01/http CRITICAL SOFT 1
at 10s web01/http OK
expect state web01/http OK HARD 1
at 20s web01/http CRITICAL
expect state web01/http CRITICAL SOFT 1
at 30s web01/http CRITICAL
expect state web01/http CRITICAL HARD 2
expect alert geoff PROBLEM
at 40s web01/http OK
expect state web01/http OK HARD 1
expect alert geoff RECOVERY
at 50s web01/http CRITICAL
expect state web01/http CRITICAL SOFT 1
expect nothing
