# SPDX-License-Identifier: GPL-3.0-or-later
# A silence, what it holds back and its end live through a restart.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s silence geoff 1h host=web01
at 10m web01/http CRITICAL
expect quiet silence 1
at 20m restart
expect due 60m
at 30m web01/http CRITICAL
expect silence
at 60m tick
expect alert geoff PROBLEM
