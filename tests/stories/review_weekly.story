# SPDX-License-Identifier: GPL-3.0-or-later
# Every owner is told on Monday at eight, in the site's zone, once; a restart does not repeat it.
start 2026-11-20T10:00Z
zone Europe/Berlin
review 1 8
user geoff notify=geoff-mail alert=geoff-pager
user max notify=max-mail
group admins always:geoff
remediation clean owner=geoff tagged=2026-11-20
remediation drain owner=max tagged=2026-11-20
remediation purge owner=geoff tagged=2026-11-20
check http alert=admins attempts=1 remediate=clean
host web01 http
at 68h tick
expect nothing
at 69h tick
expect alert geoff REVIEW notify
expect alert max REVIEW notify
at 70h restart
at 71h tick
expect nothing
at 236h restart
at 237h tick
expect alert geoff REVIEW notify
expect alert max REVIEW notify
