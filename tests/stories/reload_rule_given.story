# SPDX-License-Identifier: GPL-3.0-or-later
# A problem that nobody was to be told of gets a rule: told at once.
user geoff alert=geoff-pager
group admins always:geoff
first check http attempts=1
then check http attempts=1 alert=admins
host web01 http
at 0s web01/http CRITICAL
expect quiet no alert rule
at 10m reload
at 10m tick
expect alert geoff PROBLEM
at 20m web01/http OK
expect alert geoff RECOVERY
