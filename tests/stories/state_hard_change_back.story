# SPDX-License-Identifier: GPL-3.0-or-later
# HARD, another and back: each change is told once, and one recovery ends it.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
at 0s web01/http WARNING
expect alert geoff PROBLEM notify WARNING
at 10s web01/http CRITICAL
expect alert geoff PROBLEM alert CRITICAL
at 20s web01/http WARNING
expect alert geoff PROBLEM notify WARNING
at 30s web01/http OK
expect alert geoff RECOVERY alert OK geoff-pager
expect alert geoff RECOVERY notify OK geoff-mail
expect nothing
