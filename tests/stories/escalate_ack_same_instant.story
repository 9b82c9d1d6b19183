# SPDX-License-Identifier: GPL-3.0-or-later
# Acknowledged or recovered at the very instant of the step: what came before it counts.
user geoff alert=geoff-pager
user max alert=max-pager
group admins after=15m always:geoff,max
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 0s web02/http CRITICAL
expect alert geoff PROBLEM
at 15m ack web01/http geoff
expect alert geoff ACKNOWLEDGEMENT
at 15m web02/http OK
expect alert geoff RECOVERY
expect nothing
at 60m tick
expect silence
