# SPDX-License-Identifier: GPL-3.0-or-later
# Where no rule asks nobody is told.
user geoff alert=geoff-pager notify=geoff-mail
user max alert=max-pager notify=max-mail
group admins always:geoff
group duty always:max
check http alert=admins,duty attempts=1 downtime=notify
check ping alert=admins attempts=1
check disk alert=admins attempts=1 downtime=notify
host web01 http,ping,disk
host web02 http,disk
at 0s downtime web01/ping for=1h
expect nothing
at 60m tick
expect nothing
