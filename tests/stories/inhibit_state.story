# SPDX-License-Identifier: GPL-3.0-or-later
# Only in the states of the rule: a warning of the source explains nothing, and neither does a soft state.
alerting hold=0s
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
check ping alert=admins attempts=1
host db01 ping
host web01 http,ping
host web02 http,ping
inhibit host=db01 check=http state=CRITICAL
at 0s db01/ping WARNING
expect alert geoff PROBLEM notify
at 1m web01/http CRITICAL
expect alert geoff PROBLEM
at 2m db01/ping CRITICAL
expect alert geoff PROBLEM alert
at 3m web02/http CRITICAL
expect quiet inhibited
at 4m db01/ping WARNING
expect alert geoff PROBLEM notify WARNING
expect alert geoff PROBLEM alert CRITICAL
