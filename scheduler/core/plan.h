/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When what is due: a heap of due times on a monotonic clock in microseconds, and the stable spread of the
 * first runs. */
#ifndef WATCHBILL_CORE_PLAN_H
#define WATCHBILL_CORE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct plan;

/* plan_create(count): slots 0 to ${count} - 1, none of them due. */
struct plan *plan_create(size_t count);
void plan_free(struct plan *plan);

/* plan_set(plan, slot, due): replaces an earlier due time. O(log n). */
void plan_set(struct plan *plan, uint32_t slot, int64_t due);
void plan_clear(struct plan *plan, uint32_t slot);

/* plan_due(plan, slot): INT64_MAX when it is not set. */
int64_t plan_due(const struct plan *plan, uint32_t slot);

/* plan_first(plan): the earliest due time; INT64_MAX when nothing is set. */
int64_t plan_first(const struct plan *plan);

/* plan_pop(plan, now, slot): take the earliest slot that is due at ${now}; false when none is. Slots of equal
 * time come in the order of their numbers. */
bool plan_pop(struct plan *plan, int64_t now, uint32_t *slot);

/* plan_offset(identity, every): a stable offset within [0, every), from a hash of the identity, so that the
 * same check starts at the same phase after each restart and checks spread evenly. */
int64_t plan_offset(const char *identity, int64_t every);

/* plan_first_run(identity, now, every): the first instant at or after ${now} whose phase is plan_offset. */
int64_t plan_first_run(const char *identity, int64_t now, int64_t every);

/* plan_next_run(due, now, every): the next instant of the same phase after ${now}; runs that were missed are
 * not made up for. */
int64_t plan_next_run(int64_t due, int64_t now, int64_t every);

#endif
