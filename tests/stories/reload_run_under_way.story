# SPDX-License-Identifier: GPL-3.0-or-later
# A run under way goes on over a reload, and its end is counted.
remediation clean cooldown=10m
first check http attempts=1 remediate=clean
then check http attempts=2 remediate=clean
host web01 http
at 0s web01/http CRITICAL
expect remediation clean run p1-clean-1
at 1m reload
at 1m tick
expect remediation clean wait - "clean" is under way
at 2m ended p1-clean-1 vain
expect remediation clean wait - the last run on this target was within the cooldown of 10m
expect due 12m
expect remediation clean no_effect p1-clean-1
