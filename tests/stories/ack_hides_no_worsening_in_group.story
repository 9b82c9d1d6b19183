# SPDX-License-Identifier: GPL-3.0-or-later
# Acknowledged as a warning; it becomes critical while the messages of its service are gathered: told with the others.
user geoff alert=geoff-pager
group admins always:geoff
check http attempts=1 alert=admins warning=alert group_wait=2m
host a http
host b http
at 0s a/http WARNING
at 2m tick
expect alert geoff PROBLEM alert WARNING
at 3m ack a/http geoff
expect alert geoff ACKNOWLEDGEMENT
at 10m a/http CRITICAL
at 11m b/http CRITICAL
at 12m tick
expect alert geoff PROBLEM alert CRITICAL geoff-pager members a/http b/http
