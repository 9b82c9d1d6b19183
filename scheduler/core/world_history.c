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

/* Results come again and again, so their instants are left out, and of the history what is the same for good. */
static uint64_t mark_of(json_t *saved, const struct state *state)
{
    char history[STATE_HISTORY + 1] = "";
    int first = first_that_counts(state);
    for (int i = first; i < state->history_count; i++)
        history[i - first] = (char)('0' + state->history[i]);
    (void)json_object_del(saved, "last_result");
    (void)json_object_del(saved, "last_ok");
    (void)json_object_del(saved, "history");
    char *text = json_dumps(saved, JSON_COMPACT);
    uint64_t mark = hash_text(hash_text(HASH_START, text ? text : ""), history);
    free(text);
    return mark;
}

uint64_t world_mark(const struct world *world, uint32_t binding)
{
    const struct record *record = &world->records[binding];
    if (world_plain(world, binding))
        return 1;
    if (!record->state.known && !record->problem)
        return 0;
    json_t *saved = world_save(world, binding);
    uint64_t mark = mark_of(saved, &record->state);
    json_decref(saved);
    return mark;
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
