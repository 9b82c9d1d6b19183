# SPDX-License-Identifier: GPL-3.0-or-later
# By hand: without a problem, by who may, within TTL and limits; a dry run counts against none.
user geoff alert=geoff-pager
user max alert=max-pager
group admins always:geoff
group others always:max
remediation clean by_hand=others after=10m max=1/1h tagged=2026-11-01 ttl=30d
remediation drain
check http alert=admins attempts=1 remediate=clean,drain
host web01 http
start 2026-11-20T10:00Z
at 0s web01/http OK
expect nothing
at 1m remediate web01/http clean geoff
expect alert refused "geoff" is in no group that may run the remediation "clean"
expect remediation clean refuse
at 1m remediate web01/http drain max
expect alert refused no group may run the remediation "drain": "may" names none
expect remediation drain refuse
at 1m remediate web01/http nothing max
expect alert refused no such remediation: "nothing"
at 2m remediate web01/http clean max dry
expect remediation clean dry_run hand-1795168920000-clean-web01
at 3m remediate web01/http clean max
expect remediation clean run hand-1795168980000-clean-web01 started by "max"
at 4m remediate web01/http clean max
expect alert refused the remediation "clean" does not run on "web01": "clean" is under way on this target
expect remediation clean refuse
at 5m ended hand-1795168980000-clean-web01 fixed
expect nothing
at 6m remediate web01/http clean max
expect alert refused the remediation "clean" does not run on "web01": 1 runs on this target within 1h; it may run in 57m
expect remediation clean refuse
at 2h remediate web01/http clean max
expect remediation clean run
at 2h ended hand-1795176000000-clean-web01 fixed
at 12d remediate web01/http clean max
expect alert refused the remediation "clean" does not run on "web01": the workaround of OPS-1 expired on 2026-12-01 after 2 runs
expect remediation clean refuse
