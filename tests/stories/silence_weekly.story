# SPDX-License-Identifier: GPL-3.0-or-later
# Its owner is reminded each week for as long as it lasts and holds something back.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM alert
at 1h silence geoff 20d host=web01
at 169h tick
expect alert geoff SILENCE notify OK geoff-mail silence 1 on host=web01 lasts until
at 337h tick
expect alert geoff SILENCE notify OK geoff-mail
at 338h web01/http OK
expect alert geoff RECOVERY
at 481h tick
expect nothing
expect due never
