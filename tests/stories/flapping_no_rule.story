# SPDX-License-Identifier: GPL-3.0-or-later
# Flapping without anyone to tell is a state all the same.
check http attempts=1 flapping=5,10
host web01 http
at 0s web01/http OK
at 1m web01/http CRITICAL
at 2m web01/http OK
at 3m web01/http CRITICAL
expect quiet no alert rule
expect nothing
