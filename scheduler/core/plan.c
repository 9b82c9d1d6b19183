/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A binary heap of slots, with the place of each slot kept beside it so that a due time can be changed in
 * place. Per slot: 8 bytes of due time, 4 of heap, 4 of place. */
#include "scheduler/core/plan.h"

#include "lib/hash.h"
#include "lib/memory.h"

#include <assert.h>

enum { NOWHERE = UINT32_MAX };

struct plan {
    int64_t *due;    /* by slot */
    uint32_t *place; /* by slot: its index in the heap, or NOWHERE */
    uint32_t *heap;  /* slots */
    uint32_t length;
    uint32_t count;
};

struct plan *plan_create(size_t count)
{
    assert(count < NOWHERE);
    struct plan *plan = memory_get(1, sizeof *plan);
    plan->due = memory_get(count, sizeof *plan->due);
    plan->place = memory_get(count, sizeof *plan->place);
    plan->heap = memory_get(count, sizeof *plan->heap);
    plan->count = (uint32_t)count;
    for (size_t slot = 0; slot < count; slot++)
        plan->place[slot] = NOWHERE;
    return plan;
}

void plan_free(struct plan *plan)
{
    if (!plan)
        return;
    free(plan->heap);
    free(plan->place);
    free(plan->due);
    free(plan);
}

static bool before(const struct plan *plan, uint32_t a, uint32_t b)
{
    return plan->due[a] != plan->due[b] ? plan->due[a] < plan->due[b] : a < b;
}

static void put(struct plan *plan, uint32_t place, uint32_t slot)
{
    plan->heap[place] = slot;
    plan->place[slot] = place;
}

static void rise(struct plan *plan, uint32_t place)
{
    uint32_t slot = plan->heap[place];
    while (place > 0) {
        uint32_t above = (place - 1) / 2;
        if (!before(plan, slot, plan->heap[above]))
            break;
        put(plan, place, plan->heap[above]);
        place = above;
    }
    put(plan, place, slot);
}

static void sink(struct plan *plan, uint32_t place)
{
    uint32_t slot = plan->heap[place];
    for (;;) {
        uint64_t below = 2 * (uint64_t)place + 1;
        if (below >= plan->length)
            break;
        if (below + 1 < plan->length && before(plan, plan->heap[below + 1], plan->heap[below]))
            below++;
        if (!before(plan, plan->heap[below], slot))
            break;
        put(plan, place, plan->heap[below]);
        place = (uint32_t)below;
    }
    put(plan, place, slot);
}

void plan_set(struct plan *plan, uint32_t slot, int64_t due)
{
    assert(slot < plan->count);
    plan->due[slot] = due;
    if (plan->place[slot] == NOWHERE)
        put(plan, plan->length++, slot);
    rise(plan, plan->place[slot]);
    sink(plan, plan->place[slot]);
}

void plan_clear(struct plan *plan, uint32_t slot)
{
    assert(slot < plan->count);
    uint32_t place = plan->place[slot];
    if (place == NOWHERE)
        return;
    plan->place[slot] = NOWHERE;
    uint32_t last = plan->heap[--plan->length];
    if (last == slot)
        return;
    put(plan, place, last);
    rise(plan, place);
    sink(plan, plan->place[last]);
}

int64_t plan_due(const struct plan *plan, uint32_t slot)
{
    assert(slot < plan->count);
    return plan->place[slot] == NOWHERE ? INT64_MAX : plan->due[slot];
}

int64_t plan_first(const struct plan *plan)
{
    return plan->length ? plan->due[plan->heap[0]] : INT64_MAX;
}

bool plan_pop(struct plan *plan, int64_t now, uint32_t *slot)
{
    if (plan->length == 0 || plan_first(plan) > now)
        return false;
    *slot = plan->heap[0];
    plan_clear(plan, *slot);
    return true;
}

int64_t plan_offset(const char *identity, int64_t every)
{
    return every > 0 ? (int64_t)(hash_spread(hash_text(HASH_START, identity)) % (uint64_t)every) : 0;
}

/* The remainder that is never negative. */
static int64_t phase_of(int64_t at, int64_t every)
{
    int64_t rest = at % every;
    return rest < 0 ? rest + every : rest;
}

int64_t plan_first_run(const char *identity, int64_t now, int64_t every)
{
    if (every <= 0)
        return now;
    int64_t ahead = plan_offset(identity, every) - phase_of(now, every);
    return now + (ahead < 0 ? ahead + every : ahead);
}

int64_t plan_next_run(int64_t due, int64_t now, int64_t every)
{
    if (every <= 0)
        return now;
    if (due > now)
        return due;
    return now + every - (now - due) % every;
}
