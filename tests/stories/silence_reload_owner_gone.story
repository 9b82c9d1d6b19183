# SPDX-License-Identifier: GPL-3.0-or-later
# Its owner is no longer configured: it ends as it would, and nobody can be reminded.
user geoff alert=geoff-pager notify=geoff-mail
first user max notify=max-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 1h silence max 20d host=web01
at 2h reload
at 169h tick
expect quiet the owner of a silence cannot be reached
at 481h tick
expect quiet has ended
expect nothing
