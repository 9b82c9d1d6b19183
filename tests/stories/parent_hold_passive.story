# SPDX-License-Identifier: GPL-3.0-or-later
# A parent that takes only passive results cannot be asked, so it is not waited for.
user geoff alert=geoff-pager
group admins always:geoff
alerting hold=30s
check ping alert=admins attempts=1 passive=yes
check http alert=admins attempts=1 depends=db01/ping
host db01 ping
host web01 http
at 10s web01/http CRITICAL
expect alert geoff PROBLEM
