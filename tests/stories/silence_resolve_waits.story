# SPDX-License-Identifier: GPL-3.0-or-later
# Made ahead of the problem it waits for it.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s silence-resolve geoff 5h web01/http
at 10m web01/http OK
at 20m web01/http CRITICAL
expect quiet silence 1
at 30m web01/http OK
expect quiet has ended with the last problem
