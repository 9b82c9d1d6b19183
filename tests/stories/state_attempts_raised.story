# SPDX-License-Identifier: GPL-3.0-or-later
# A reload with more attempts takes nothing back that is hard.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
first check http alert=admins attempts=1
then check http alert=admins attempts=5
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 5s reload
at 10s web01/http WARNING
expect state web01/http WARNING HARD 1
expect alert geoff PROBLEM notify WARNING
at 20s web01/http OK
expect alert geoff RECOVERY
expect alert geoff RECOVERY
