# SPDX-License-Identifier: GPL-3.0-or-later
# By hand too: not while its issue is closed, not what the check does not name, not beside another run of the site's one.
user max alert=max-pager
group others always:max
limits site concurrency=1
remediation clean by_hand=others issue=OPS-7
remediation drain by_hand=others
remediation purge by_hand=others
check http attempts=1 remediate=clean,drain
host web01 http
host web02 http
at 0s issue OPS-7 closed
at 1m remediate web01/http clean max
expect alert refused the remediation "clean" does not run on "web01": OPS-7: the issue is closed
expect remediation clean refuse
at 2m remediate web01/http purge max
expect alert refused the check "web01/http" does not name the remediation "purge"
at 3m remediate web01/http drain max
expect remediation drain run hand-180000-drain-web01
at 4m remediate web02/http drain max
expect alert refused the remediation "drain" does not run on "web02": 1 of at most 1 runs of all remediations on the site are under way;
expect remediation drain refuse
at 5m ended hand-180000-drain-web01 fixed
at 6m remediate web02/http drain max
expect remediation drain run hand-360000-drain-web02
