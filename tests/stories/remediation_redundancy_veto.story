# SPDX-License-Identifier: GPL-3.0-or-later
# What would act on a host that serves waits while others do not serve; what acts on one that does not, may.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean
remediation purge despite_redundancy=yes
check http attempts=1 remediate=clean
check disk attempts=1 remediate=clean
check queue attempts=1 remediate=purge
serving http at_least=1
host a http,disk,queue
host b http,disk,queue
start 2026-11-20T10:00Z
at 0s a/http OK
at 0s b/http OK
at 1m a/http CRITICAL
expect remediation clean run p1-clean-1
at 2m ended p1-clean-1 fixed
at 3m b/disk CRITICAL
expect remediation clean wait - redundancy is lost: 1 of 2 hosts serve, and this is one of them;
at 4m b/queue CRITICAL
expect remediation purge run
at 5m ended p4-purge-1 fixed
at 6m a/http OK
expect remediation clean fixed p1-clean-1
at 7m b/disk CRITICAL
expect remediation clean run p3-clean-1
