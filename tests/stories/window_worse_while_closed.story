# SPDX-License-Identifier: GPL-3.0-or-later
# Told WARNING; CRITICAL at night: told when the window opens.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 window=day
host web01 http
start 2026-11-20T19:00Z
at 0s web01/http WARNING
expect alert geoff PROBLEM notify
at 2h web01/http CRITICAL
expect quiet outside the alert window
at 13h tick
expect alert geoff PROBLEM alert CRITICAL
