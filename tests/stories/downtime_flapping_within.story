# SPDX-License-Identifier: GPL-3.0-or-later
# It flaps only within it: nobody hears of any of it.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 flapping=5,20
host web01 http
host web02 http
at 0s downtime web01 for=1h
at 1m web01/http CRITICAL
expect quiet downtime 1
at 2m web01/http OK
at 3m web01/http CRITICAL
at 4m web01/http OK
at 5m web01/http CRITICAL
at 6m web01/http OK
at 30m web01/http OK
at 31m web01/http OK
at 32m web01/http OK
at 33m web01/http OK
at 34m web01/http OK
at 35m web01/http OK
at 36m web01/http OK
at 37m web01/http OK
at 38m web01/http OK
at 39m web01/http OK
at 40m web01/http OK
at 41m web01/http OK
at 42m web01/http OK
at 43m web01/http OK
at 44m web01/http OK
at 45m web01/http OK
at 46m web01/http OK
at 47m web01/http OK
at 48m web01/http OK
at 49m web01/http OK
expect nothing
at 2h tick
expect nothing
