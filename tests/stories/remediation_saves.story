# SPDX-License-Identifier: GPL-3.0-or-later
# What a run saves is measured by what problems last when nothing is done: the median of those that passed by themselves.
# Those that a run ended, and what never was hard, do not count.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean after=40m
check http alert=admins attempts=1 remediate=clean
check disk alert=admins attempts=1 delay=5m remediate=clean
check ping alert=admins attempts=2 remediate=clean
host web01 http,disk,ping
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait
at 10m web01/http OK
expect alert geoff RECOVERY
at 1h web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait
at 90m web01/http OK
expect alert geoff RECOVERY
at 91m web01/ping CRITICAL
at 92m web01/ping OK
expect nothing
at 2h web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait
at 160m tick
expect remediation clean run p3-clean-1
at 161m ended p3-clean-1 fixed
at 162m web01/http OK
expect alert geoff RECOVERY
expect remediation clean fixed p3-clean-1
expect verdict p3-clean-1 lasted 2520s without 1200s paged
at 3h web01/disk CRITICAL
expect remediation clean wait
at 182m web01/disk OK
expect nothing
at 4h web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean wait
at 280m tick
expect remediation clean run p5-clean-1
at 281m ended p5-clean-1 fixed
at 281m web01/http OK
expect alert geoff RECOVERY
expect remediation clean fixed p5-clean-1
expect verdict p5-clean-1 lasted 2460s without 600s paged
