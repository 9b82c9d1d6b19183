# SPDX-License-Identifier: GPL-3.0-or-later
# The child recovers while its parent is checked first: nobody hears of it.
user geoff alert=geoff-pager
group admins always:geoff
alerting hold=30s
check ping alert=admins attempts=1
check http alert=admins attempts=1 depends=db01/ping
host db01 ping
host web01 http
at 10s web01/http CRITICAL
expect check db01/ping
at 20s web01/http OK
expect quiet nobody was told
expect nothing
at 60s tick
expect nothing
