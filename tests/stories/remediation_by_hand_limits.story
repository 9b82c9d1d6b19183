# SPDX-License-Identifier: GPL-3.0-or-later
# Who starts one by hand is held by the same limits, and is told when it may run.
user max alert=max-pager
group others always:max
limits service max=9/1h
first limits site max=9/1d
then limits site max=1/1d
first remediation clean by_hand=others cooldown=10m
then remediation clean by_hand=others cooldown=10m tagged=2026-11-19 ttl=60d
first remediation drain by_hand=others total=1/1h
then remediation drain by_hand=others total=1/1h
remediation purge by_hand=others concurrency=1
remediation wipe by_hand=others share=50 concurrency=9
check http attempts=1
check disk attempts=1 remediate=clean,drain,purge,wipe
serving http at_least=1
host web01 http,disk
host web02 http,disk
host web03 http,disk
start 2026-11-20T10:00Z
at 0s web01/http OK
at 0s web02/http OK
at 0s web03/http OK
at 1m remediate web01/disk clean max
expect remediation clean run hand-1795168860000-clean-web01
at 2m ended hand-1795168860000-clean-web01 fixed
at 3m remediate web01/disk clean max
expect alert refused the remediation "clean" does not run on "web01": the last run on this target was within the cooldown of 10m; it may run in 9m
expect remediation clean refuse
at 4m remediate web01/disk drain max
expect remediation drain run hand-1795169040000-drain-web01
at 5m ended hand-1795169040000-drain-web01 fixed
at 6m remediate web02/disk drain max
expect alert refused the remediation "drain" does not run on "web02": 1 runs on all targets within 1h; it may run in 58m
expect remediation drain refuse
at 7m remediate web01/disk purge max
expect remediation purge run hand-1795169220000-purge-web01
at 8m remediate web02/disk purge max
expect alert refused the remediation "purge" does not run on "web02": 1 of at most 1 runs are under way; it may run when one of them ends
expect remediation purge refuse
at 9m ended hand-1795169220000-purge-web01 fixed
at 10m remediate web01/disk wipe max
expect remediation wipe run hand-1795169400000-wipe-web01
at 11m remediate web02/disk wipe max
expect alert refused the remediation "wipe" does not run on "web02": under way on 1 of 3 hosts of the service;
expect remediation wipe refuse
at 12m ended hand-1795169400000-wipe-web01 fixed
at 13m web01/http CRITICAL
at 14m remediate web02/disk purge max
expect alert refused the remediation "purge" does not run on "web02": redundancy is lost: 2 of 3 hosts serve, and this is one of them; it may run when all do
expect remediation purge refuse
at 15m web01/http OK
at 16m reload
at 17m remediate web02/disk purge max
expect alert refused the remediation "purge" does not run on "web02": 4 runs of all remediations on the site within 1d;
expect remediation purge refuse
at 18m remediate web02/disk clean max
expect alert refused the remediation "clean" does not run on "web02": the workaround of OPS-1 was tagged again without a new "renewal" sentence
expect remediation clean refuse
