# SPDX-License-Identifier: GPL-3.0-or-later
# A channel that fails itself does not tell of another; one that opens later does.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager alert=https://hook/geoff alert=/bin/sms+1555@day
first user max alert=max-pager alert=https://hook/max
then user max alert=max-pager
start 2026-11-20T07:00Z
at 0s channel webhook fails geoff
expect alert geoff CHANNEL alert CRITICAL geoff-pager
expect nothing
at 10s channel mail fails geoff
expect quiet "geoff" has no open contact
expect nothing
at 1h channel mail fails geoff
expect alert geoff CHANNEL alert CRITICAL /bin/sms
expect nothing
at 2h channel mail fails geoff
expect silence
at 3h channel webhook works
expect alert geoff CHANNEL alert OK geoff-pager
at 3h1m channel mail fails max
expect alert max CHANNEL alert CRITICAL https://hook/max
at 4h reload
at 5h channel mail works
expect alert geoff CHANNEL alert OK /bin/sms
expect nothing
