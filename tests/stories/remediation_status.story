# SPDX-License-Identifier: GPL-3.0-or-later
# Nothing is done to a host that is not active.
remediation clean
check http attempts=1 remediate=clean
host web01 http status=configured
at 0s web01/http CRITICAL
expect nothing
