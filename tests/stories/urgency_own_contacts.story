# SPDX-License-Identifier: GPL-3.0-or-later
# An urgency reaches only its own contacts: the first who has one of it.
user geoff notify=geoff-mail
user max alert=max-pager
group admins always:geoff,max
check http alert=admins attempts=1
host web01 http
at 0s web01/http CRITICAL
expect alert max PROBLEM alert CRITICAL max-pager
at 60s web01/http WARNING
expect alert geoff PROBLEM notify WARNING geoff-mail
at 120s web01/http OK
expect alert geoff RECOVERY notify
expect alert max RECOVERY alert
