# SPDX-License-Identifier: GPL-3.0-or-later
# The rule goes with a reload: what it held back is told.
alerting hold=0s
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
check ping alert=admins attempts=1
host db01 ping
host web01 http,ping
host web02 http,ping
first inhibit host=db01 check=http 
at 0s db01/ping CRITICAL
expect alert geoff PROBLEM
at 1m web01/http CRITICAL
expect quiet inhibited
at 2m reload
at 2m tick
expect alert geoff PROBLEM
