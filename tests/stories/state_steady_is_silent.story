# SPDX-License-Identifier: GPL-3.0-or-later
# What does not change is no decision.
user geoff alert=geoff-pager
group admins always:geoff
check http alert=admins
host web01 http
at 0s web01/http OK
expect state web01/http OK HARD 1
expect silence
at 60s web01/http OK
expect silence
expect due never
