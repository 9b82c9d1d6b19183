# SPDX-License-Identifier: GPL-3.0-or-later
# Without, they are not.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1
check ping alert=admins attempts=1
host sw1 ping
host web01 http parents=sw1
host db01 http
at 0s downtime sw1 for=1h
at 10m web01/http CRITICAL
expect alert geoff PROBLEM
