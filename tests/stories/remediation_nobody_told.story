# SPDX-License-Identifier: GPL-3.0-or-later
# Nobody was told of the problem, so nobody is told of the limit; it is recorded.
remediation clean tagged=2025-01-01 ttl=1d
check http attempts=1 remediate=clean
host web01 http
start 2026-11-20T10:00Z
at 0s web01/http CRITICAL
expect remediation clean refuse
expect quiet nobody was told
