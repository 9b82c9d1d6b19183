# SPDX-License-Identifier: GPL-3.0-or-later
# The very first result counts as a change from OK.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=2
host web01 http
at 0s web01/http CRITICAL
expect state web01/http CRITICAL SOFT 1
at 10s web01/http CRITICAL
expect state web01/http CRITICAL HARD 2
expect alert geoff PROBLEM
