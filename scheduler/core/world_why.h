/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why it is told, or quiet, now: the question of whoever was woken, or was not. */
#ifndef WATCHBILL_CORE_WORLD_WHY_H
#define WATCHBILL_CORE_WORLD_WHY_H

#include "lib/text.h"
#include "scheduler/core/world.h"

/* world_why(world, binding, now, text): append what is decided about the check as it stands, in sentences that answer
 * who was told of the open problem and what keeps others quiet. Returns when that could change by itself, epoch ms; 0:
 * it does not. Nothing is decided by asking. */
int64_t world_why(struct world *world, uint32_t binding, int64_t now, struct text *text);

#endif
