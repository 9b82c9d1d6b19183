# SPDX-License-Identifier: GPL-3.0-or-later
# Silenced at the instant at which the delay ends: the silence counts.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 delay=10m
host web01 http
host web02 http
at 0s web01/http CRITICAL
at 10m silence geoff 1h host=web01
expect quiet silence 1
at 10m tick
expect nothing
