# SPDX-License-Identifier: GPL-3.0-or-later
# A recovery is held back, the problem returns at the other urgency, by another contact, and ends: the contact that was
# told first hears of the end as well.
storm 3 20m
user rob alert=rob-pager notify=rob-mail
group duty always:rob
check disk attempts=1 alert=duty
host c disk
at 25s c/disk CRITICAL
expect alert rob PROBLEM alert CRITICAL rob-pager
at 419s c/disk OK
expect alert rob RECOVERY
at 607s c/disk CRITICAL
expect alert rob PROBLEM
at 752s c/disk OK
expect quiet RECOVERY: a storm
at 1720s c/disk WARNING
expect alert rob PROBLEM notify WARNING rob-mail
at 1952s tick
at 2811s c/disk OK
expect alert rob RECOVERY notify OK rob-mail
at 2812s tick
expect alert rob STORM alert OK rob-pager
