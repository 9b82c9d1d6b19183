# SPDX-License-Identifier: GPL-3.0-or-later
# A contact that wants more is passed over; the higher of host and check counts.
user geoff alert=geoff-pager@always@always@5 alert=geoff-mail
user max alert=max-pager
group admins always:geoff
group duty after=10m always:geoff,max
user boss alert=boss-phone@always@always@10
group bosses always:boss
check lab alert=admins attempts=1
check shop alert=admins attempts=1 importance=5
check rota alert=bosses attempts=1
host web01 lab,shop,rota
host web02 lab,rota importance=10
at 0s web01/lab CRITICAL
expect alert geoff PROBLEM alert CRITICAL geoff-mail
expect nothing
at 1s web01/shop CRITICAL
expect alert geoff PROBLEM alert CRITICAL geoff-mail
expect alert geoff PROBLEM alert CRITICAL geoff-pager
expect nothing
at 2s web02/lab CRITICAL
expect alert geoff PROBLEM alert CRITICAL geoff-mail
expect alert geoff PROBLEM alert CRITICAL geoff-pager
expect nothing
at 3s web01/rota CRITICAL
expect quiet nobody of group "bosses" can be reached by alert now
expect nothing
at 4s web02/rota CRITICAL
expect alert boss PROBLEM
expect nothing
