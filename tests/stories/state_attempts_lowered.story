# SPDX-License-Identifier: GPL-3.0-or-later
# A reload with fewer attempts: the next bad result is hard.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
first check http alert=admins attempts=5
then check http alert=admins attempts=2
host web01 http
at 0s web01/http CRITICAL
at 10s web01/http CRITICAL
expect state web01/http CRITICAL SOFT 2
expect nothing
at 15s reload
expect silence
at 20s web01/http CRITICAL
expect state web01/http CRITICAL HARD 3
expect alert geoff PROBLEM
