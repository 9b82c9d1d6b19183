# SPDX-License-Identifier: GPL-3.0-or-later
# Whoever was told is told of the recovery, though the rule is gone.
user geoff alert=geoff-pager
group admins always:geoff
first check http attempts=1 alert=admins
then check http attempts=1
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 10m reload
at 20m web01/http OK
expect alert geoff RECOVERY
