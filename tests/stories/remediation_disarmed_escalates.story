# SPDX-License-Identifier: GPL-3.0-or-later
# Two runs in vain: the next of the rota and the further group are called at once, not when their time comes; an
# acknowledgement holds them back as ever.
user geoff alert=geoff-pager
user max alert=max-pager
user boss alert=boss-phone
group admins after=2h always:geoff,max
group managers always:boss
remediation clean
check http alert=admins attempts=1 escalate=3h:managers remediate=clean
host web01 http
host web02 http
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p1-clean-1
at 1m ended p1-clean-1 vain
expect remediation clean no_effect p1-clean-1
expect alert geoff REMEDIATION
expect remediation clean run p1-clean-2
at 2m ended p1-clean-2 vain
expect remediation clean no_effect p1-clean-2
expect remediation clean refuse - disarmed
expect alert geoff REMEDIATION
at 3m tick
expect alert max PROBLEM alert CRITICAL max-pager escalation 1
expect alert boss PROBLEM alert CRITICAL boss-phone escalation 1
expect nothing
at 10m restart
at 11m web01/http CRITICAL
expect nothing
at 20m web02/http CRITICAL
expect alert geoff PROBLEM
expect remediation clean run p2-clean-1
at 20m ack web02/http geoff
expect alert geoff ACKNOWLEDGEMENT
expect remediation clean wait - "clean" is under way
at 21m ended p2-clean-1 died
expect remediation clean no_effect p2-clean-1
expect remediation clean refuse - disarmed
at 30m tick
expect nothing
