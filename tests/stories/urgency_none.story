# SPDX-License-Identifier: GPL-3.0-or-later
# `none` for WARNING: nobody is told until it is CRITICAL; the recovery goes to whoever was told.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=1 warning=none
host web01 http
at 0s web01/http WARNING
expect quiet WARNING has no urgency
at 60s web01/http CRITICAL
expect alert geoff PROBLEM alert CRITICAL
at 120s web01/http WARNING
expect quiet no urgency
at 180s web01/http CRITICAL
expect alert geoff PROBLEM alert CRITICAL
at 240s web01/http OK
expect alert geoff RECOVERY alert OK
