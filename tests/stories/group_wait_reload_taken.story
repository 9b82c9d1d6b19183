# SPDX-License-Identifier: GPL-3.0-or-later
# A generation without group_wait does not wait any longer.
user geoff alert=geoff-pager
group admins always:geoff
first check http alert=admins attempts=1 group_wait=5m
then check http alert=admins attempts=1
host web01 http
at 0s web01/http CRITICAL
expect quiet waiting for more
at 10s reload
at 10s tick
expect alert geoff PROBLEM
expect nothing
