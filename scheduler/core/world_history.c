/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/world_history.h"

#include "lib/hash.h"
#include "scheduler/core/saved.h"
#include "scheduler/core/world_parts.h"

#include <assert.h>

/* The oldest of the recorded states that still counts for flapping: before it nothing has changed. */
static int first_that_counts(const struct state *state)
{
    int first = 0;
    while (first + 1 < state->history_count && state->history[first + 1] == state->history[first])
        first++;
    return first;
}

bool world_plain(const struct world *world, uint32_t binding)
{
    assert(binding < world->count);
    const struct record *record = &world->records[binding];
    const struct state *state = &record->state;
    return state->known && !record->problem && state->verdict == VERDICT_OK && !state->flapping &&
           first_that_counts(state) + 1 >= state->history_count;
}

#define MARK(mark, items, count) hash_bytes((mark), (items), (count) * sizeof *(items))

/* Results come again and again, so their instants are left out, and of the history what is the same for good. */
static uint64_t mark_state(uint64_t mark, const struct state *state)
{
    struct state lasting = *state;
    int first = first_that_counts(state);
    lasting.last_result = 0;
    lasting.last_ok = 0;
    lasting.history_count = 0;
    memset(lasting.history, 0, sizeof lasting.history);
    mark = MARK(mark, &lasting, 1);
    return hash_bytes(mark, state->history + first, (size_t)(state->history_count - first));
}

/* The bytes as they lie there: what is equal before and after a result is the same object, with the same texts. */
static uint64_t mark_problem(uint64_t mark, const struct problem *problem)
{
    mark = MARK(mark, problem, 1);
    mark = MARK(mark, problem->told, problem->told_count);
    mark = MARK(mark, problem->groups, problem->group_count);
    mark = MARK(mark, problem->courses, problem->course_count);
    return problem->acknowledgement ? MARK(mark, problem->acknowledgement, 1) : mark;
}

static uint64_t mark_beside(uint64_t mark, const struct world *world, uint32_t binding)
{
    int64_t due = plan_due(world->timers, binding);
    for (size_t i = 0; i < world->flight_count; i++)
        if (world->flights[i].binding == binding)
            mark = MARK(mark, &world->flights[i], 1);
    for (size_t i = 0; i < world->owed_count; i++)
        if (world->owed[i].binding == binding)
            mark = MARK(mark, &world->owed[i], 1);
    return MARK(mark, &due, 1);
}

uint64_t world_mark(const struct world *world, uint32_t binding)
{
    const struct record *record = &world->records[binding];
    if (world_plain(world, binding))
        return 1;
    if (!record->state.known && !record->problem)
        return 0;
    uint64_t mark = mark_state(HASH_START, &record->state);
    if (record->problem)
        mark = mark_problem(mark, record->problem);
    return mark_beside(mark, world, binding);
}

json_t *world_save_past(const struct world *world)
{
    json_t *list = json_array();
    for (size_t i = 0; i < world->past_count; i++) {
        const struct past_run *past = &world->past[i];
        json_t *item = saved_add_item(list);
        saved_add_text(item, "remediation", past->remediation);
        saved_add_text(item, "target", past->target);
        saved_add_whole(item, "started", past->started);
        saved_add_whole(item, "ended", past->ended);
    }
    return list;
}

bool world_load_past(struct world *world, const json_t *saved, struct error *error)
{
    bool good = !saved || json_is_array(saved) || error_set(error, "\"past\" is not a list of runs");
    for (size_t i = 0; good && i < json_array_size(saved); i++) {
        struct saved_reader one = {json_array_get(saved, i), error, true};
        const char *remediation = saved_text(&one, "remediation");
        const char *target = saved_text(&one, "target");
        int64_t started = saved_instant(&one, "started");
        int64_t ended = saved_instant(&one, "ended");
        good = one.good;
        if (good)
            world_past_add(world, remediation, target, started, ended, started);
    }
    return good;
}
