# SPDX-License-Identifier: GPL-3.0-or-later
# What held nothing back for a week ends by itself, and its owner is told.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s silence geoff 30d host=web01
at 1h web01/http CRITICAL
expect quiet silence 1
at 2h web01/http OK
at 7d tick
expect alert geoff SILENCE notify OK geoff-mail silence 1 on host=web01 lasts until
at 14d tick
expect alert geoff SILENCE notify OK geoff-mail silence 1 on host=web01 has ended, because it held nothing back for a week
expect quiet has ended
at 15d web01/http CRITICAL
expect alert geoff PROBLEM
