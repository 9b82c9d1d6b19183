# SPDX-License-Identifier: GPL-3.0-or-later
# The end of the one is the end of those that it triggered.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
check ping alert=admins attempts=1
host sw1 ping
host web01 http parents=sw1
host db01 http
at 0s downtime db01 for=1h
at 1s downtime web01 trigger=1
at 10m web01/http CRITICAL
expect quiet downtime 2
at 20m end-downtime 1
expect quiet downtime 1
expect quiet downtime 2
expect alert geoff PROBLEM
