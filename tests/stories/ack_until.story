# SPDX-License-Identifier: GPL-3.0-or-later
# It ends at its time; the repeat is due then.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 repeat=30m
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 5m ack web01/http max for 2h
expect alert geoff ACKNOWLEDGEMENT
expect due 125m
at 125m tick
expect alert geoff PROBLEM
