# SPDX-License-Identifier: GPL-3.0-or-later
# It got worse within it: that is told at the end.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s web01/http WARNING
expect alert geoff PROBLEM notify
at 10m downtime web01 for=1h
at 20m web01/http CRITICAL
expect quiet downtime 1
at 70m tick
expect alert geoff PROBLEM alert CRITICAL
