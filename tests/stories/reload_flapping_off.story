# SPDX-License-Identifier: GPL-3.0-or-later
# Detection is turned off while it flaps: the next result says that it stopped.
user geoff alert=geoff-pager
group admins always:geoff
first check http attempts=1 alert=admins flapping=5,10
then check http attempts=1 alert=admins
host web01 http
at 0s web01/http OK
at 1m web01/http CRITICAL
expect alert geoff PROBLEM
at 2m web01/http OK
expect alert geoff FLAPPINGSTART
at 3m reload
at 3m web01/http CRITICAL
expect alert geoff FLAPPINGSTOP alert CRITICAL
expect nothing
at 4m web01/http OK
expect alert geoff RECOVERY
