/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way back of world_save. The JSON comes from a file that anything may have happened to: every member is
 * checked, and one that is wrong refuses the whole. */
#include "scheduler/core/saved.h"
#include "scheduler/core/world_parts.h"

#include "lib/memory.h"

#include <assert.h>
#include <inttypes.h>

enum { VERSION = 1, ATTEMPT_MAX = 1000000 };

static void load_history(struct saved_reader *reader, struct state *state)
{
    const char *history = saved_text(reader, "history");
    size_t length = strlen(history);
    if (length > STATE_HISTORY || strspn(history, "0123") != length) {
        saved_fault(reader, "history", "not a list of states");
        return;
    }
    for (size_t i = 0; i < length; i++)
        state->history[i] = (uint8_t)(history[i] - '0');
    state->history_count = (int)length;
}

static void load_state(struct saved_reader *reader, struct state *state)
{
    const char *type = saved_text(reader, "type");
    state->verdict = saved_verdict(reader, "verdict");
    state->type = strcmp(type, "SOFT") == 0 ? STATE_SOFT : STATE_HARD;
    state->attempt = (int)saved_whole(reader, "attempt", 1, ATTEMPT_MAX);
    state->hard = saved_verdict(reader, "hard");
    state->since = saved_instant(reader, "since");
    state->hard_since = saved_instant(reader, "hard_since");
    state->last_ok = saved_instant(reader, "last_ok");
    state->last_result = saved_instant(reader, "last_result");
    state->problem = (uint64_t)saved_whole(reader, "problem", 0, INT64_MAX);
    state->flapping = saved_flag(reader, "flapping");
    state->stale = saved_flag(reader, "stale");
    load_history(reader, state);
    if (strcmp(type, state_type_name(state->type)) != 0)
        saved_fault(reader, "type", "neither SOFT nor HARD");
    else if (state->type == STATE_HARD && state->hard != state->verdict)
        saved_fault(reader, "hard", "not the verdict of a hard state");
    else if (state->type == STATE_SOFT && state->verdict == VERDICT_OK)
        saved_fault(reader, "type", "SOFT, which OK never is");
    else if (state->hard != VERDICT_OK && state->problem == 0)
        saved_fault(reader, "problem", "absent from a hard problem");
    state->known = true;
}

static void load_told(struct saved_reader *reader, struct problem *problem)
{
    struct saved_reader one;
    struct saved_items told = saved_items(reader, saved_list(reader, "told"));
    while (saved_next(&told, &one)) {
        struct told *made = record_told(problem, saved_text(&one, "user"), saved_text(&one, "contact"));
        made->urgency = saved_urgency(&one, "urgency");
        if (json_object_get(one.object, "verdict"))
            made->verdict = saved_verdict(&one, "verdict");
        made->of = (saved_flag(&one, "problem") ? TOLD_PROBLEM : 0U) |
                   (saved_flag(&one, "flapping") ? TOLD_FLAPPING : 0U) |
                   (saved_flag(&one, "unheard") ? 0U : TOLD_HEARD) |
                   (saved_flag(&one, "missed") ? TOLD_MISSED : 0U) |
                   (saved_flag(&one, "summary") ? TOLD_SUMMARY : 0U);
    }
    struct saved_items groups = saved_items(reader, saved_list(reader, "groups"));
    while (saved_next(&groups, &one)) {
        struct told_group *made = record_group(problem, saved_text(&one, "group"));
        made->last = (struct quiet_last){.told = !saved_flag(&one, "untold"),
                                         .at = saved_instant(&one, "at"),
                                         .verdict = saved_verdict(&one, "verdict"),
                                         .wait = saved_instant(&one, "wait")};
        made->level = (unsigned)saved_whole(&one, "level", 0, INT32_MAX);
        made->climbed = saved_instant(&one, "climbed");
    }
}

static void load_courses(struct saved_reader *reader, struct problem *problem)
{
    struct saved_reader one;
    struct saved_items courses = saved_items(reader, saved_list(reader, "remediations"));
    while (saved_next(&courses, &one)) {
        struct course *course = record_course(problem, saved_text(&one, "remediation"));
        course->runs = (unsigned)saved_whole(&one, "runs", 0, INT32_MAX);
        course->vain = (unsigned)saved_whole(&one, "vain", 0, INT32_MAX);
        course->done = saved_flag(&one, "done");
        course->pending = saved_flag(&one, "pending");
        course->disarmed = (enum disarmed)saved_whole(&one, "disarmed", 0, DISARMED_REASONS - 1);
        course->asked_until = saved_instant(&one, "asked_until");
        if (json_object_get(one.object, "approved_by"))
            course->approved_by = memory_text(saved_text(&one, "approved_by"));
        if (json_object_get(one.object, "did"))
            course->did = memory_text(saved_text(&one, "did"));
        course->before = saved_verdict(&one, "before");
        course->verify_until = saved_instant(&one, "verify_until");
        if (json_object_get(one.object, "held"))
            course->held = memory_text(saved_text(&one, "held"));
        course->held_until = saved_instant(&one, "held_until");
        course->said_next = saved_instant(&one, "said_next");
        course->paged = (unsigned)saved_whole(&one, "paged", 0, (1 << REMEDY_STEPS) - 1);
        if (!remedy_read(saved_text(&one, "said"), &course->said))
            saved_fault(&one, "said", "not a step");
    }
}

static void load_acknowledgement(struct saved_reader *reader, struct problem *problem)
{
    struct saved_reader one = {json_object_get(reader->object, "acknowledgement"), reader->error,
                               reader->good};
    if (!one.object)
        return;
    const char *author = saved_text(&one, "author");
    const char *comment = saved_text(&one, "comment");
    record_acknowledge(problem, author, comment, saved_instant(&one, "until"),
                       saved_verdict(&one, "verdict"));
    reader->good = one.good;
}

static void load_problem(struct saved_reader *reader, struct record *record)
{
    struct saved_reader one = {json_object_get(reader->object, "open"), reader->error, reader->good};
    bool expected = record->state.problem != 0;
    if (expected != json_is_object(one.object))
        saved_fault(&one, "open", expected ? "absent from an open problem" : "there without a problem");
    if (expected && one.good) {
        record_open(record, saved_instant(&one, "opened"));
        record->problem->soft = saved_flag(&one, "soft");
        record->problem->worth = saved_flag(&one, "worth");
        record->problem->worth_since = saved_instant(&one, "worth_since");
        record->problem->notices = (uint32_t)saved_whole(&one, "notices", 0, UINT32_MAX - 1);
        record->problem->escalates = saved_flag(&one, "escalates");
        record->problem->escalates_from = saved_instant(&one, "escalates_from");
        record->problem->steps = (unsigned)saved_whole(&one, "steps", 0, INT32_MAX);
        if (!quiet_read(saved_text(&one, "quiet"), &record->problem->quiet))
            saved_fault(&one, "quiet", "not a reason");
        load_told(&one, record->problem);
        load_courses(&one, record->problem);
        load_acknowledgement(&one, record->problem);
    }
    reader->good = one.good;
}

/* The runs are checked first and added only when all else was good. */
static void load_flights(struct saved_reader *reader, struct world *world, uint32_t binding, bool add)
{
    struct saved_reader one;
    struct saved_items runs = saved_items(reader, saved_list(reader, "runs"));
    while (saved_next(&runs, &one)) {
        const char *run = saved_text(&one, "run");
        const char *remediation = saved_text(&one, "remediation");
        const char *author = json_object_get(one.object, "author") ? saved_text(&one, "author") : NULL;
        uint64_t problem = (uint64_t)saved_whole(&one, "problem", 0, INT64_MAX);
        int64_t started = saved_instant(&one, "started");
        int64_t recovered = saved_instant(&one, "recovered");
        int64_t lasted = saved_instant(&one, "lasted"), without = saved_instant(&one, "without");
        bool paged = saved_flag(&one, "paged");
        if (!add || !one.good)
            continue;
        struct flight *flight = world_flight_add(world, binding, run, remediation, problem, started);
        flight->author = memory_text(author);
        flight->recovered = recovered;
        flight->lasted = lasted;
        flight->without = without;
        flight->paged = paged;
    }
}

static void forget_flights(struct world *world, uint32_t binding)
{
    size_t kept = 0;
    for (size_t i = 0; i < world->flight_count; i++) {
        if (world->flights[i].binding == binding)
            world_flight_release(&world->flights[i]);
        else
            world->flights[kept++] = world->flights[i];
    }
    world->flight_count = kept;
}

/* Until it is decided on anew it may wait for the result of another. */
static void await(struct world *world, uint32_t binding, int64_t due)
{
    enum quiet_reason quiet = world->records[binding].problem->quiet;
    plan_set(world->timers, binding, due);
    if ((quiet == QUIET_PARENT || quiet == QUIET_GRACE) && due > world->awaited_until)
        world->awaited_until = due;
}

bool world_load(struct world *world, uint32_t binding, const json_t *saved, struct error *error)
{
    assert(binding < world->count);
    world->tallies_due = world->tally_count > 0;
    struct record *record = &world->records[binding];
    struct saved_reader reader = {saved, error, true};
    record_release(record);
    plan_clear(world->timers, binding);
    world_fresh_wake(world, binding);
    forget_flights(world, binding);
    world_owed_forget(world, binding);
    if (!json_is_object(saved))
        return error_set(error, "the saved state is not an object");
    int64_t version = saved_whole(&reader, "version", INT64_MIN, INT64_MAX);
    if (reader.good && version != VERSION)
        return error_set(error, "the saved state has version %" PRId64 ", and this program reads %d", version,
                         VERSION);
    if (json_object_get(saved, "verdict"))
        load_state(&reader, &record->state);
    load_problem(&reader, record);
    load_flights(&reader, world, binding, false);
    world_owed_load(&reader, world, binding);
    int64_t due = json_object_get(saved, "due") ? saved_instant(&reader, "due") : INT64_MAX;
    if (reader.good) {
        load_flights(&reader, world, binding, true);
        if (due != INT64_MAX && record->problem)
            await(world, binding, due);
        world_problem_known(world, record->state.problem);
    } else {
        world_owed_forget(world, binding);
        record_release(record);
    }
    return reader.good;
}
