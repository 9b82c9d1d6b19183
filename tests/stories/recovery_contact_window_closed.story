# SPDX-License-Identifier: GPL-3.0-or-later
# A recovery does not wait for the contact's own window.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager@day
group admins always:geoff
check http alert=admins attempts=1
host web01 http
start 2026-11-20T19:00Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 2h web01/http OK
expect alert geoff RECOVERY
