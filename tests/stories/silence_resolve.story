# SPDX-License-Identifier: GPL-3.0-or-later
# With expire_on_resolve it ends with the last problem that it holds back, so that the next one is told.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 1m web02/http CRITICAL
expect alert geoff PROBLEM
at 5m silence-resolve geoff 5h check=http
at 10m web01/http OK
expect alert geoff RECOVERY
at 12m web01/http CRITICAL
expect quiet silence 1
at 14m web01/http OK
expect quiet nobody was told
at 15m web02/http OK
expect alert geoff RECOVERY
expect quiet has ended with the last problem
at 20m web01/http CRITICAL
expect alert geoff PROBLEM
