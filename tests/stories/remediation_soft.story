# SPDX-License-Identifier: GPL-3.0-or-later
# type soft: it acts before the state is confirmed, and nobody is paged.
user geoff alert=geoff-pager
group admins always:geoff
remediation clean soft=yes after=30s
check http alert=admins remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect quiet soft state, attempt 1
expect remediation clean wait - 30s
at 10s web01/http CRITICAL
expect quiet soft state, attempt 2
at 15s restart
at 30s tick
expect remediation clean run p1-clean-1
at 40s web01/http OK
expect quiet recovered in a soft state
expect nothing
expect due never
at 50s ended p1-clean-1 fixed
expect remediation clean fixed p1-clean-1
expect due never
at 60s web01/http CRITICAL
expect remediation clean wait
