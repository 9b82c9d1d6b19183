# SPDX-License-Identifier: GPL-3.0-or-later
# Who cannot be reached at the hour is told when the window opens; who owns nothing any more is not told.
start 2026-11-20T10:00Z
review 1 8
window day mon-fri 12:00 18:00
user geoff notify=geoff-mail@day alert=geoff-pager
user max notify=max-mail
group admins always:geoff
remediation clean owner=geoff tagged=2026-11-20
first remediation drain owner=max tagged=2026-11-20
check http alert=admins attempts=1 remediate=clean
host web01 http
at 1h reload
at 71h tick
expect nothing
at 74h tick
expect alert geoff REVIEW notify
at 75h tick
expect nothing
