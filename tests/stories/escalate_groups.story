# SPDX-License-Identifier: GPL-3.0-or-later
# Further groups by elapsed time, by an urgency of their own, also of a group that was told by another.
user geoff alert=geoff-pager notify=geoff-mail
user boss alert=boss-phone notify=boss-mail
user cto alert=cto-phone
group admins always:geoff
group managers after=30m always:boss,cto
check http alert=admins attempts=1 repeat=2h escalate=30m:managers,60m:admins:alert
host web01 http
at 0s web01/http WARNING
expect alert geoff PROBLEM notify WARNING geoff-mail
expect nothing
expect due 30m
at 30m tick
expect alert boss PROBLEM notify WARNING boss-mail escalation 1
expect nothing
at 40m restart
at 50m reload
at 50m tick
expect nothing
expect due 60m
# boss at notify was told; cto has no notify contact
at 60m tick
expect alert geoff PROBLEM alert WARNING geoff-pager
expect nothing
at 2h tick
expect nothing
at 2h30m tick
expect alert boss PROBLEM notify WARNING boss-mail escalation 1
expect nothing
at 3h web01/http OK
expect alert geoff RECOVERY notify
expect alert geoff RECOVERY alert
expect alert boss RECOVERY
expect nothing
