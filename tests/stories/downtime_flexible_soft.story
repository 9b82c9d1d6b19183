# SPDX-License-Identifier: GPL-3.0-or-later
# A soft state does not begin it, a hard one does.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=2
host web01 http
host web02 http
at 0s downtime web01 for=1h duration=30m
at 10m web01/http CRITICAL
at 11m tick
expect silence
at 20m web01/http CRITICAL
expect quiet downtime 1
at 50m tick
expect alert geoff PROBLEM
