# SPDX-License-Identifier: GPL-3.0-or-later
# The change that opens the problem starts the flapping: one page, not two.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 flapping=3,6
host web01 http
at 0s web01/http OK
at 1m web01/http CRITICAL
expect alert geoff FLAPPINGSTART alert CRITICAL
expect quiet flapping
expect nothing
