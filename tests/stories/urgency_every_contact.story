# SPDX-License-Identifier: GPL-3.0-or-later
# All contacts of the urgency get the message, each once.
user geoff alert=geoff-pager alert=https://pager.example.org/hook alert=/usr/local/bin/sms++1555
group admins always:geoff
check http alert=admins attempts=1
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM alert CRITICAL geoff-pager
expect alert geoff PROBLEM alert CRITICAL https://pager.example.org/hook
expect alert geoff PROBLEM alert CRITICAL /usr/local/bin/sms
expect nothing
at 60s web01/http OK
expect alert geoff RECOVERY alert OK geoff-pager
expect alert geoff RECOVERY alert OK https://pager.example.org/hook
expect alert geoff RECOVERY alert OK /usr/local/bin/sms
