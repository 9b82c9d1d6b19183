# SPDX-License-Identifier: GPL-3.0-or-later
# A contact that is no longer configured gets nothing, and that is recorded; the other gets the recovery.
first user geoff alert=geoff-pager alert=geoff-phone
then user geoff alert=geoff-phone
group admins always:geoff
check http attempts=1 alert=admins
host web01 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM alert CRITICAL geoff-pager
expect alert geoff PROBLEM alert CRITICAL geoff-phone
at 10m reload
at 20m web01/http OK
expect alert geoff RECOVERY alert OK geoff-phone
expect quiet "geoff", who was told, has no longer that contact
expect nothing
