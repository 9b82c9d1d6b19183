# SPDX-License-Identifier: GPL-3.0-or-later
# A window that runs past midnight: inside at 01:00, outside at 07:00.
zone Europe/Berlin
window night mon-fri 22:00 06:00
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins attempts=1 window=night
host web01 http
# Friday 23:59 in Berlin
start 2026-11-20T22:59Z
at 0s web01/http CRITICAL
expect alert geoff PROBLEM
at 60s web01/http OK
expect alert geoff RECOVERY
# Saturday 05:59:59, still the night of Friday
at 6h59s web01/http CRITICAL
expect alert geoff PROBLEM
at 6h1m web01/http OK
expect alert geoff RECOVERY
at 6h2m web01/http CRITICAL
expect quiet outside the alert window "night"
