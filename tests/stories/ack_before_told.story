# SPDX-License-Identifier: GPL-3.0-or-later
# Acknowledged while the delay runs: nobody is told, not even of the recovery.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 delay=10m
host web01 http
at 0s web01/http CRITICAL
expect quiet delay
at 5m ack web01/http max
expect quiet nobody was told
at 20m tick
expect nothing
at 30m web01/http OK
expect quiet nobody was told
expect nothing
