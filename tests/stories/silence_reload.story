# SPDX-License-Identifier: GPL-3.0-or-later
# A reload leaves it in place; a check that is added then is meant as well.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
host web01 http
then host web03 http
at 0s silence geoff 1h host=/^web/
at 10m reload
at 11m web03/http CRITICAL
expect quiet silence 1
at 60m tick
expect alert geoff PROBLEM
