# SPDX-License-Identifier: GPL-3.0-or-later
# The wait and who may join it are kept over a restart and a reload.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 group_wait=30s
host web01 http
host web02 http
host web03 http
at 0s web01/http CRITICAL
expect quiet waiting for more
at 10s restart
at 12s web02/http CRITICAL
expect quiet waiting for more
expect due 30s
at 20s reload
at 25s web03/http CRITICAL
at 30s tick
expect alert geoff PROBLEM alert CRITICAL geoff-pager members web01/http web02/http web03/http
expect nothing
at 31s restart
at 60s tick
expect silence
