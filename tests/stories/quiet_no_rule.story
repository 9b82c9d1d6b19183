# SPDX-License-Identifier: GPL-3.0-or-later
check http attempts=1
host web01 http
at 0s web01/http CRITICAL
expect quiet the check has no alert rule
at 60s web01/http OK
expect quiet nobody was told
expect nothing
