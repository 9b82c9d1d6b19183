# SPDX-License-Identifier: GPL-3.0-or-later
# Those with something waiting are told once by another channel, and once that it works again.
window day mon-sun 08:00 20:00
user geoff alert=geoff-pager alert=https://hook/geoff alert=/bin/sms+1555@day
user max alert=max-pager notify=https://hook/max
user rob alert=rob-pager
start 2026-11-20T22:00Z
at 0s channel mail works
expect silence
at 10s channel mail fails geoff,rob
expect alert geoff CHANNEL alert CRITICAL https://hook/geoff
expect quiet channel "mail" fails, and "rob" has no open contact of another: the server does not answer
expect nothing
at 20s channel mail fails geoff,rob,max
expect alert max CHANNEL notify CRITICAL https://hook/max
expect nothing
at 30s restart
at 40s channel mail fails geoff,rob
expect silence
at 50s reload
at 60s channel mail works
expect alert geoff CHANNEL alert OK https://hook/geoff
expect alert max CHANNEL notify OK https://hook/max
expect nothing
at 70s channel mail works
expect silence
at 80s channel mail fails geoff
expect alert geoff CHANNEL alert CRITICAL https://hook/geoff
expect nothing
