# SPDX-License-Identifier: GPL-3.0-or-later
# A restart pages nobody for an old problem that was told, and the recovery still goes to whoever was told.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 10s restart
expect silence
at 20s tick
expect silence
at 60s web01/http CRITICAL
expect nothing
at 70s restart
at 80s web01/http OK
expect alert geoff RECOVERY alert OK geoff-pager
expect nothing
