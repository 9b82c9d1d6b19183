# SPDX-License-Identifier: GPL-3.0-or-later
# Volatile: what it depends on keeps it quiet too.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check ping attempts=1
check log alert=admins attempts=1 volatile=yes depends=ping
host web01 ping,log
at 0s web01/ping CRITICAL
at 10s web01/log CRITICAL
expect quiet depends on "ping"
at 20s web01/log CRITICAL
expect quiet depends on "ping"
expect nothing
