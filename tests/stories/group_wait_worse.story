# SPDX-License-Identifier: GPL-3.0-or-later
# A change of a problem that was told is news, which waits as well; acknowledged meanwhile, it is not told.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 group_wait=30s
host web01 http
host web02 http
at 0s web01/http WARNING
at 30s tick
expect alert geoff PROBLEM notify WARNING geoff-mail
at 60s web01/http CRITICAL
expect quiet waiting for more
at 70s web02/http CRITICAL
expect quiet waiting for more
at 80s ack web02/http geoff
expect quiet ACKNOWLEDGEMENT: nobody was told
at 90s tick
expect alert geoff PROBLEM alert CRITICAL geoff-pager
expect nothing
at 100s unack web02/http
expect alert geoff PROBLEM alert CRITICAL geoff-pager
expect nothing
