# SPDX-License-Identifier: GPL-3.0-or-later
# The target is run at once, and told with a result from after the source's recovery; here it recovered with it.
alerting hold=30s
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
check ping alert=admins attempts=1
host db01 ping
host web01 http,ping
host web02 http,ping
inhibit host=db01 check=http 
at 0s db01/ping CRITICAL
expect alert geoff PROBLEM
at 1m web01/http CRITICAL
expect quiet inhibited
at 2m web02/http CRITICAL
expect quiet inhibited
at 6m db01/ping OK
expect alert geoff RECOVERY
expect check web01/http
expect check web02/http
expect nothing
at 361s web01/http OK
expect quiet nobody was told
at 390s tick
expect alert geoff PROBLEM
