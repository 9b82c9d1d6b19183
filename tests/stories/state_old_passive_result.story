# SPDX-License-Identifier: GPL-3.0-or-later
# A passive result older than the newest is refused; one of the same instant is not.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1
host web01 http
at 0s web01/http OK
at 60s passive web01/http CRITICAL 61s
expect quiet older than the newest
expect nothing
at 120s passive web01/http CRITICAL 30s
expect alert geoff PROBLEM
at 130s passive web01/http OK 40s
expect alert geoff RECOVERY
