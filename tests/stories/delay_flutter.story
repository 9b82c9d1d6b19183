# SPDX-License-Identifier: GPL-3.0-or-later
# Changing between two bad states does not start the delay again.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 delay=10m
host web01 http
at 0s web01/http CRITICAL
expect quiet delay
at 5m web01/http WARNING
expect quiet delay
at 9m web01/http CRITICAL
expect quiet delay
at 10m tick
expect alert geoff PROBLEM alert CRITICAL
