# SPDX-License-Identifier: GPL-3.0-or-later
# A restart between the attempts does not start over.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins
host web01 http
at 0s web01/http CRITICAL
at 10s web01/http CRITICAL
expect state web01/http CRITICAL SOFT 2
at 15s restart
at 20s web01/http CRITICAL
expect state web01/http CRITICAL HARD 3
expect alert geoff PROBLEM
