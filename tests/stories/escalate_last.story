# SPDX-License-Identifier: GPL-3.0-or-later
# Behind the last on the rota there is nobody to go on to, and no time is named at which that would be: in the next
# shift, whose people do not know, there is, because it is tried every 15 minutes all the same.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager
user max alert=max-pager
user rob alert=rob-pager
group admins after=15m day:geoff,max always:rob
group alone after=15m always:rob
check http alert=admins attempts=1
check disk alert=alone attempts=1
host web01 http,disk
start 2026-11-20T18:10Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 10m web01/http CRITICAL
expect quiet group "admins" was told, and there is no repeat next 900s
expect why web01/http no repeat next 900s
at 15m tick
expect alert max PROBLEM alert CRITICAL max-pager escalation 1
at 20m web01/http CRITICAL
expect quiet group "admins" was told, and there is no repeat next never
expect why web01/http no repeat next 7200s
expect nothing
at 2h tick
expect alert rob PROBLEM
expect why web01/http no repeat next never
at 121m web01/http CRITICAL
expect quiet group "admins" was told, and there is no repeat next never
at 122m web01/http OK
expect alert geoff RECOVERY
expect alert max RECOVERY
expect alert rob RECOVERY
at 123m web01/disk CRITICAL
expect alert rob PROBLEM alert CRITICAL rob-pager
at 124m web01/disk CRITICAL
expect quiet group "alone" was told, and there is no repeat next never
