# SPDX-License-Identifier: GPL-3.0-or-later
# A soft state over a restart recovers as one.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http alert=admins attempts=3
host web01 http
at 0s web01/http CRITICAL
at 10s restart
at 20s web01/http OK
expect state web01/http OK HARD 1
expect quiet recovered in a soft state
expect nothing
