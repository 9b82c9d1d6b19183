# SPDX-License-Identifier: GPL-3.0-or-later
# Silenced before it began: held back, told when the silence ends.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s silence geoff 1h web01/http
at 10m web01/http CRITICAL
expect quiet silence 1 of "geoff": deploy
expect nothing
at 11m web02/http CRITICAL
expect alert geoff PROBLEM alert
at 59m tick
expect silence
at 60m tick
expect quiet has ended
expect alert geoff PROBLEM alert CRITICAL
at 61m web01/http OK
expect alert geoff RECOVERY
