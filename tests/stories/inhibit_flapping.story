# SPDX-License-Identifier: GPL-3.0-or-later
# The start of the target's flapping is held back as long as the source has its problem.
alerting hold=0s
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 flapping=5,20
check ping alert=admins attempts=1
host db01 ping
host web01 http,ping
host web02 http,ping
inhibit host=db01 check=http
at 0s db01/ping CRITICAL
expect alert geoff PROBLEM
at 1m web01/http CRITICAL
expect quiet inhibited
at 2m web01/http OK
at 3m web01/http CRITICAL
at 4m web01/http OK
at 5m web01/http CRITICAL
expect quiet flapping
at 6m db01/ping OK
expect alert geoff RECOVERY
at 7m web01/http CRITICAL
expect alert geoff FLAPPINGSTART
