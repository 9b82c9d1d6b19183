# SPDX-License-Identifier: GPL-3.0-or-later
# What comes within group_wait of the first of a service goes with it, in one message about the worst.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 group_wait=30s warning=alert
check disk alert=admins attempts=1 group_wait=30s
host web01 http,disk
host web02 http
at 0s web02/http WARNING
expect quiet waiting for more of service "www" to tell group "admins" in one message
expect due 30s
at 10s web01/http CRITICAL
expect quiet waiting for more
expect due 30s
at 20s web01/disk CRITICAL
expect nothing
at 30s tick
expect alert geoff PROBLEM alert CRITICAL geoff-pager members web01/disk web01/http web02/http
expect nothing
expect due never
at 40s web01/http OK
expect alert geoff RECOVERY
at 41s web02/http OK
expect alert geoff RECOVERY
at 50s web02/http CRITICAL
expect quiet waiting for more
expect due 80s
at 80s tick
expect alert geoff PROBLEM alert CRITICAL geoff-pager
expect nothing
