# SPDX-License-Identifier: GPL-3.0-or-later
# Volatile and acknowledged: quiet until it gets worse, or is over.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check log alert=admins attempts=1 volatile=yes
host web01 log
at 0s web01/log WARNING
expect alert geoff PROBLEM notify WARNING
at 10s ack web01/log max
expect alert geoff ACKNOWLEDGEMENT
at 20s web01/log WARNING
expect quiet acknowledged
expect nothing
at 30s web01/log CRITICAL
expect alert geoff PROBLEM alert CRITICAL
at 40s web01/log CRITICAL
expect alert geoff PROBLEM alert CRITICAL
