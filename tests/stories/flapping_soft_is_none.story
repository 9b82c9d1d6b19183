# SPDX-License-Identifier: GPL-3.0-or-later
# Soft states are not recorded: no flapping.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=3 flapping=5,10
host web01 http
at 0s web01/http OK
at 1m web01/http CRITICAL
at 2m web01/http OK
at 3m web01/http CRITICAL
at 4m web01/http OK
at 5m web01/http CRITICAL
expect quiet soft
at 6m web01/http OK
expect quiet soft
expect nothing
