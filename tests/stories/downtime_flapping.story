# SPDX-License-Identifier: GPL-3.0-or-later
# The start of flapping is held back and told at the end, once.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 flapping=5,20
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 1m downtime web01 for=1h
at 2m web01/http OK
expect alert geoff RECOVERY
at 3m web01/http CRITICAL
at 4m web01/http OK
at 5m web01/http CRITICAL
at 6m web01/http OK
at 7m web01/http CRITICAL
expect quiet flapping
at 61m tick
expect alert geoff FLAPPINGSTART alert CRITICAL
