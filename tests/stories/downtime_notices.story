# SPDX-License-Identifier: GPL-3.0-or-later
# Beginning and end are told to those on call where the rule asks for it, in one message for each contact.
user geoff alert=geoff-pager notify=geoff-mail
user max alert=max-pager notify=max-mail
group admins always:geoff
group duty always:max
check http alert=admins,duty attempts=1 downtime=notify
check ping alert=admins attempts=1
check disk alert=admins attempts=1 downtime=notify
host web01 http,ping,disk
host web02 http,disk
at 0s downtime host=/^web/ for=1h
expect alert geoff DOWNTIMESTART notify OK geoff-mail downtime 1 of 4 checks by max
expect alert max DOWNTIMESTART notify OK max-mail downtime 1 of 2 checks by max
at 60m tick
expect alert geoff DOWNTIMEEND notify OK geoff-mail downtime 1 by max has ended
expect alert max DOWNTIMEEND notify OK max-mail
