# SPDX-License-Identifier: GPL-3.0-or-later
# Who was told of the beginning is told of the end, after a restart too, and nobody else.
user geoff alert=geoff-pager notify=geoff-mail
first user max alert=max-pager notify=max-mail
group admins always:geoff
first group duty always:max
then group duty always:geoff
check http alert=admins,duty attempts=1 downtime=notify
check ping alert=admins attempts=1
check disk alert=admins attempts=1 downtime=notify
host web01 http,ping,disk
host web02 http,disk
at 0s downtime web01 for=1h
expect alert geoff DOWNTIMESTART
expect alert max DOWNTIMESTART
at 10m restart
at 20m reload
at 60m tick
expect alert geoff DOWNTIMEEND
