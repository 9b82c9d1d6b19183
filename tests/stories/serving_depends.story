# SPDX-License-Identifier: GPL-3.0-or-later
# What depends on the service is quiet while it does not serve.
user geoff alert=geoff-pager notify=geoff-mail
group admins always:geoff
check http attempts=1
check ping attempts=1
serving http at_least=60% alert=admins
check shop alert=admins attempts=1 depends=service:www/serving
host a http
host z shop
start 2026-11-20T10:00Z
at 0s a/http CRITICAL
expect alert geoff PROBLEM alert CRITICAL
at 1s z/shop CRITICAL
expect quiet depends on "service:www/serving"
expect nothing
at 2s a/http OK
expect alert geoff RECOVERY
expect check z/shop
at 3s z/shop CRITICAL
expect alert geoff PROBLEM alert CRITICAL
