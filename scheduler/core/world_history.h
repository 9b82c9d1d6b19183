/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a history of a world must hold so that a replay of it decides the same: which results mattered, and what was
 * known when it begins. */
#ifndef WATCHBILL_CORE_WORLD_HISTORY_H
#define WATCHBILL_CORE_WORLD_HISTORY_H

#include "scheduler/core/world.h"

/* world_mark(world, binding): a number that changes when what later decisions rest on changes, but for the instants
 * of the newest results. It compares one instant of this process with another; it is never kept. A result that leaves
 * it as it was and about which nothing was decided need not be in the history. */
uint64_t world_mark(const struct world *world, uint32_t binding);

/* world_plain(world, binding): nothing is known of the check but that it is OK, as after one result. */
bool world_plain(const struct world *world, uint32_t binding);

/* world_save_past(world): the runs that limits look back at, a new reference; world_load_past adds them to what is
 * known; false when it cannot be read. */
json_t *world_save_past(const struct world *world);
bool world_load_past(struct world *world, const json_t *saved, struct error *error);

#endif
