# SPDX-License-Identifier: GPL-3.0-or-later
# What is counted from others waits for their results from after the source's recovery: the hosts are run at once.
alerting hold=30s
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check write alert=admins attempts=1
check mysql attempts=1
serving mysql at_least=1 alert=admins
host db write
host db01 mysql
host db02 mysql
inhibit host=db host=service:www
at 0s db01/mysql OK
at 0s db02/mysql OK
at 0s db/write CRITICAL
expect alert geoff PROBLEM
at 1s db01/mysql CRITICAL
at 2s db02/mysql CRITICAL
expect quiet inhibited
at 6m db/write OK
expect alert geoff RECOVERY
expect check db01/mysql
expect check db02/mysql
expect nothing
at 361s db01/mysql CRITICAL
expect nothing
at 362s db02/mysql OK
expect state service:www/serving REDUNDANCY HARD 1
expect check db/write
expect nothing
at 363s db/write OK
expect alert geoff PROBLEM notify
at 390s tick
expect nothing
at 8m db/write CRITICAL
expect alert geoff PROBLEM
at 481s db02/mysql CRITICAL
expect quiet inhibited
at 9m db/write OK
expect alert geoff RECOVERY
at 541s db02/mysql CRITICAL
expect nothing
at 570s tick
expect alert geoff PROBLEM alert
