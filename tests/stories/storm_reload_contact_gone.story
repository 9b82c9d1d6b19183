# SPDX-License-Identifier: GPL-3.0-or-later
# Whom the summary was for is gone: what was held back is news for who is called now.
storm 1 10m
first user geoff alert=geoff-pager
then user geoff notify=geoff-mail
user max alert=max-pager
first group admins always:geoff
then group admins always:max
check http alert=admins attempts=1
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 1m web02/http CRITICAL
expect quiet PROBLEM: a storm
at 2m reload
at 2m tick
expect nothing
at 11m tick
expect quiet whom the summary was for has no longer that contact
expect alert max PROBLEM alert CRITICAL max-pager
expect nothing
