# SPDX-License-Identifier: GPL-3.0-or-later
# A window that never opens keeps quiet for good and sets no timer.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 window=never
host web01 http
at 0s web01/http CRITICAL
expect quiet outside the alert window "never"
expect due never
