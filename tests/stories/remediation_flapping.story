# SPDX-License-Identifier: GPL-3.0-or-later
# A check that flaps is told of once; what holds its remediation back meanwhile is recorded, and not told.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean max=1/1h verify=5m
check http alert=admins attempts=1 flapping=5,10 remediate=clean
host web01 http
at 0s web01/http OK
at 1m web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 61s ended p1-clean-1 fixed
at 2m web01/http OK
expect alert geoff FLAPPINGSTART alert OK
at 3m web01/http CRITICAL
expect nothing
at 7m tick
expect remediation clean no_effect p1-clean-1 the check did not recover after it
expect remediation clean wait - 1 runs on this target within 1h
expect quiet remediation "clean": the check did not recover after it
expect quiet remediation "clean": 1 runs on this target within 1h; not told, because it is flapping
expect nothing
