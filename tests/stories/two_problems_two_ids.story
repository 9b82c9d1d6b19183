# SPDX-License-Identifier: GPL-3.0-or-later
# Each problem has its own id, which the runs carry.
remediation clean
check http attempts=1 remediate=clean
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect remediation clean run p1-clean-1
at 1m web02/http CRITICAL
expect remediation clean run p2-clean-1
at 2m ended p1-clean-1 fixed
at 2m web01/http OK
expect remediation clean fixed p1-clean-1
at 3m web01/http CRITICAL
expect remediation clean run p3-clean-1
