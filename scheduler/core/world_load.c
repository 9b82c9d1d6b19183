/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way back of world_save. The JSON comes from a file that anything may have happened to: every member is
 * checked, and one that is wrong refuses the whole. */
#include "scheduler/core/world_parts.h"

#include "lib/memory.h"

#include <assert.h>
#include <inttypes.h>

enum { VERSION = 1, LIST_MAX = 1000, ATTEMPT_MAX = 1000000 };

/* Some 30,000 years from 1970, in milliseconds: no sum of instants and spans overflows. */
#define INSTANT_MAX INT64_C(1000000000000000)

/* One object being read. The first error stays. */
struct reader {
    const json_t *object;
    struct error *error;
    bool good;
};

static void fault(struct reader *reader, const char *name, const char *what)
{
    if (reader->good)
        (void)error_set(reader->error, "\"%s\" in the saved state is %s", name, what);
    reader->good = false;
}

static int64_t whole(struct reader *reader, const char *name, int64_t low, int64_t high)
{
    const json_t *value = json_object_get(reader->object, name);
    int64_t number = json_is_integer(value) ? json_integer_value(value) : 0;
    if (value && !json_is_integer(value))
        fault(reader, name, "not a whole number");
    else if (number < low || number > high)
        fault(reader, name, "out of range");
    return reader->good ? number : 0;
}

static int64_t instant(struct reader *reader, const char *name)
{
    return whole(reader, name, -INSTANT_MAX, INSTANT_MAX);
}

static bool flag(struct reader *reader, const char *name)
{
    const json_t *value = json_object_get(reader->object, name);
    if (value && !json_is_boolean(value))
        fault(reader, name, "neither true nor false");
    return json_is_true(value);
}

/* Never NULL; a text with a NUL inside is refused. */
static const char *text(struct reader *reader, const char *name)
{
    const json_t *value = json_object_get(reader->object, name);
    const char *string = json_string_value(value);
    if (!string || strlen(string) != json_string_length(value)) {
        fault(reader, name, "not a text");
        return "";
    }
    return string;
}

static enum verdict verdict_of(struct reader *reader, const char *name)
{
    const char *word = text(reader, name);
    enum verdict verdict = VERDICT_OK;
    if (!verdict_read(word, &verdict))
        fault(reader, name, "not a verdict");
    return verdict;
}

static enum urgency urgency_of(struct reader *reader, const char *name)
{
    const char *word = text(reader, name);
    for (enum urgency urgency = URGENCY_NOTIFY; urgency <= URGENCY_ALERT; urgency++) {
        if (strcmp(word, urgency_name(urgency)) == 0)
            return urgency;
    }
    fault(reader, name, "not an urgency");
    return URGENCY_NOTIFY;
}

static const json_t *list(struct reader *reader, const char *name)
{
    const json_t *value = json_object_get(reader->object, name);
    if (value && (!json_is_array(value) || json_array_size(value) > LIST_MAX))
        fault(reader, name, "not a list of a sensible length");
    return reader->good ? value : NULL;
}

static struct reader item(const struct reader *reader, const json_t *items, size_t index)
{
    struct reader inner = {json_array_get(items, index), reader->error, reader->good};
    if (!json_is_object(inner.object))
        fault(&inner, "list", "not a list of objects");
    return inner;
}

static void load_history(struct reader *reader, struct state *state)
{
    const char *history = text(reader, "history");
    size_t length = strlen(history);
    if (length > STATE_HISTORY || strspn(history, "0123") != length) {
        fault(reader, "history", "not a list of states");
        return;
    }
    for (size_t i = 0; i < length; i++)
        state->history[i] = (uint8_t)(history[i] - '0');
    state->history_count = (int)length;
}

static void load_state(struct reader *reader, struct state *state)
{
    const char *type = text(reader, "type");
    state->verdict = verdict_of(reader, "verdict");
    state->type = strcmp(type, "SOFT") == 0 ? STATE_SOFT : STATE_HARD;
    state->attempt = (int)whole(reader, "attempt", 1, ATTEMPT_MAX);
    state->hard = verdict_of(reader, "hard");
    state->since = instant(reader, "since");
    state->hard_since = instant(reader, "hard_since");
    state->last_ok = instant(reader, "last_ok");
    state->last_result = instant(reader, "last_result");
    state->problem = (uint64_t)whole(reader, "problem", 0, INT64_MAX);
    state->flapping = flag(reader, "flapping");
    load_history(reader, state);
    if (strcmp(type, state_type_name(state->type)) != 0)
        fault(reader, "type", "neither SOFT nor HARD");
    else if (state->type == STATE_HARD && state->hard != state->verdict)
        fault(reader, "hard", "not the verdict of a hard state");
    else if (state->type == STATE_SOFT && state->verdict == VERDICT_OK)
        fault(reader, "type", "SOFT, which OK never is");
    else if (state->hard != VERDICT_OK && state->problem == 0)
        fault(reader, "problem", "absent from a hard problem");
    state->known = true;
}

static void load_told(struct reader *reader, struct problem *problem)
{
    const json_t *told = list(reader, "told");
    for (size_t i = 0; i < json_array_size(told) && reader->good; i++) {
        struct reader one = item(reader, told, i);
        struct told *made = record_told(problem, text(&one, "user"), text(&one, "contact"));
        made->urgency = urgency_of(&one, "urgency");
        made->of =
            (flag(&one, "problem") ? TOLD_PROBLEM : 0U) | (flag(&one, "flapping") ? TOLD_FLAPPING : 0U);
        reader->good = one.good;
    }
    const json_t *groups = list(reader, "groups");
    for (size_t i = 0; i < json_array_size(groups) && reader->good; i++) {
        struct reader one = item(reader, groups, i);
        struct told_group *made = record_group(problem, text(&one, "group"));
        made->last = (struct quiet_last){true, instant(&one, "at"), verdict_of(&one, "verdict")};
        reader->good = one.good;
    }
}

static void load_courses(struct reader *reader, struct problem *problem)
{
    const json_t *courses = list(reader, "remediations");
    for (size_t i = 0; i < json_array_size(courses) && reader->good; i++) {
        struct reader one = item(reader, courses, i);
        struct course *course = record_course(problem, text(&one, "remediation"));
        course->runs = (unsigned)whole(&one, "runs", 0, INT32_MAX);
        course->vain = (unsigned)whole(&one, "vain", 0, INT32_MAX);
        course->done = flag(&one, "done");
        course->verify_until = instant(&one, "verify_until");
        course->said_next = instant(&one, "said_next");
        course->paged = (unsigned)whole(&one, "paged", 0, (1 << REMEDY_STEPS) - 1);
        if (!remedy_read(text(&one, "said"), &course->said))
            fault(&one, "said", "not a step");
        reader->good = one.good;
    }
}

static void load_acknowledgement(struct reader *reader, struct problem *problem)
{
    struct reader one = {json_object_get(reader->object, "acknowledgement"), reader->error, reader->good};
    if (!one.object)
        return;
    const char *author = text(&one, "author");
    const char *comment = text(&one, "comment");
    record_acknowledge(problem, author, comment, instant(&one, "until"), verdict_of(&one, "verdict"));
    reader->good = one.good;
}

static void load_problem(struct reader *reader, struct record *record)
{
    struct reader one = {json_object_get(reader->object, "open"), reader->error, reader->good};
    bool expected = record->state.problem != 0;
    if (expected != json_is_object(one.object))
        fault(&one, "open", expected ? "absent from an open problem" : "there without a problem");
    if (expected && one.good) {
        record_open(record, instant(&one, "opened"));
        record->problem->soft = flag(&one, "soft");
        record->problem->worth = flag(&one, "worth");
        record->problem->worth_since = instant(&one, "worth_since");
        record->problem->notices = (uint32_t)whole(&one, "notices", 0, UINT32_MAX - 1);
        if (!quiet_read(text(&one, "quiet"), &record->problem->quiet))
            fault(&one, "quiet", "not a reason");
        load_told(&one, record->problem);
        load_courses(&one, record->problem);
        load_acknowledgement(&one, record->problem);
    }
    reader->good = one.good;
}

/* The runs are checked first and added only when all else was good. */
static void load_flights(struct reader *reader, struct world *world, uint32_t binding, bool add)
{
    const json_t *runs = list(reader, "runs");
    for (size_t i = 0; i < json_array_size(runs) && reader->good; i++) {
        struct reader one = item(reader, runs, i);
        const char *run = text(&one, "run");
        const char *remediation = text(&one, "remediation");
        uint64_t problem = (uint64_t)whole(&one, "problem", 0, INT64_MAX);
        int64_t started = instant(&one, "started");
        if (add && one.good)
            world_flight_add(world, binding, run, remediation, problem, started);
        reader->good = one.good;
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

bool world_load(struct world *world, uint32_t binding, const json_t *saved, struct error *error)
{
    assert(binding < world->count);
    struct record *record = &world->records[binding];
    struct reader reader = {saved, error, true};
    record_release(record);
    plan_clear(world->timers, binding);
    forget_flights(world, binding);
    if (!json_is_object(saved))
        return error_set(error, "the saved state is not an object");
    int64_t version = whole(&reader, "version", INT64_MIN, INT64_MAX);
    if (reader.good && version != VERSION)
        return error_set(error, "the saved state has version %" PRId64 ", and this program reads %d", version,
                         VERSION);
    if (json_object_get(saved, "verdict"))
        load_state(&reader, &record->state);
    load_problem(&reader, record);
    load_flights(&reader, world, binding, false);
    int64_t due = json_object_get(saved, "due") ? instant(&reader, "due") : INT64_MAX;
    if (reader.good) {
        load_flights(&reader, world, binding, true);
        if (due != INT64_MAX && record->problem)
            plan_set(world->timers, binding, due);
        if (record->state.problem >= world->next_problem)
            world->next_problem = record->state.problem + 1;
    } else {
        record_release(record);
    }
    return reader.good;
}
