# SPDX-License-Identifier: GPL-3.0-or-later
# A check that is no longer configured is forgotten: no timer, no message; a new one takes its place.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1
check ftp alert=admins attempts=1
host web01 http
first host web02 http,ftp
then host web03 http
at 0s web02/ftp CRITICAL
expect alert geoff PROBLEM
at 1m reload
at 1m tick
expect silence
at 2m web03/http CRITICAL
expect alert geoff PROBLEM
