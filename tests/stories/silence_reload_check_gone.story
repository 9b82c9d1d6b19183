# SPDX-License-Identifier: GPL-3.0-or-later
# The check that it held back goes: nothing is told at its end.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
first host web01 http
host web02 http
at 0s silence geoff 1h host=web01
at 10m web01/http CRITICAL
expect quiet silence 1
at 20m reload
at 2h tick
expect quiet has ended
expect nothing
