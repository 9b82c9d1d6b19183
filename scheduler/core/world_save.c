/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of a check as JSON. Absent members have their zero value, so that a healthy check is short.
 */
#include "scheduler/core/world_parts.h"

#include "lib/memory.h"
#include "lib/utf8.h"

#include <assert.h>

enum { VERSION = 1 };

static void add_whole(json_t *object, const char *name, int64_t value)
{
    if (value != 0)
        (void)json_object_set_new(object, name, json_integer(value));
}

static void add_flag(json_t *object, const char *name, bool value)
{
    if (value)
        (void)json_object_set_new(object, name, json_true());
}

/* JSON holds UTF-8 only, and an author or a comment may be anything. */
static void add_text(json_t *object, const char *name, const char *value)
{
    struct text clean = TEXT_INIT;
    utf8_add(&clean, value, strlen(value));
    (void)json_object_set_new(object, name, json_string(clean.bytes));
    text_release(&clean);
}

static json_t *add_list(json_t *object, const char *name)
{
    json_t *list = json_array();
    (void)json_object_set_new(object, name, list);
    return list;
}

static json_t *add_item(json_t *list)
{
    json_t *item = json_object();
    (void)json_array_append_new(list, item);
    return item;
}

static void save_state(json_t *saved, const struct state *state)
{
    char history[STATE_HISTORY + 1] = "";
    for (int i = 0; i < state->history_count; i++)
        history[i] = (char)('0' + state->history[i]);
    add_text(saved, "verdict", verdict_name(state->verdict));
    add_text(saved, "type", state_type_name(state->type));
    add_whole(saved, "attempt", state->attempt);
    add_text(saved, "hard", verdict_name(state->hard));
    add_whole(saved, "since", state->since);
    add_whole(saved, "hard_since", state->hard_since);
    add_whole(saved, "last_ok", state->last_ok);
    add_whole(saved, "last_result", state->last_result);
    add_whole(saved, "problem", (int64_t)state->problem);
    add_text(saved, "history", history);
    add_flag(saved, "flapping", state->flapping);
}

static void save_told(json_t *object, const struct problem *problem)
{
    json_t *told = add_list(object, "told");
    for (size_t i = 0; i < problem->told_count; i++) {
        json_t *item = add_item(told);
        add_text(item, "user", problem->told[i].user);
        add_text(item, "contact", problem->told[i].contact);
        add_text(item, "urgency", urgency_name(problem->told[i].urgency));
        add_flag(item, "problem", problem->told[i].of & TOLD_PROBLEM);
        add_flag(item, "flapping", problem->told[i].of & TOLD_FLAPPING);
    }
    json_t *groups = add_list(object, "groups");
    for (size_t i = 0; i < problem->group_count; i++) {
        if (!problem->groups[i].last.told)
            continue;
        json_t *item = add_item(groups);
        add_text(item, "group", problem->groups[i].group);
        add_whole(item, "at", problem->groups[i].last.at);
        add_text(item, "verdict", verdict_name(problem->groups[i].last.verdict));
    }
}

static void save_courses(json_t *object, const struct problem *problem)
{
    json_t *courses = add_list(object, "remediations");
    for (size_t i = 0; i < problem->course_count; i++) {
        const struct course *course = &problem->courses[i];
        json_t *item = add_item(courses);
        add_text(item, "remediation", course->remediation);
        add_whole(item, "runs", course->runs);
        add_whole(item, "vain", course->vain);
        add_flag(item, "done", course->done);
        add_whole(item, "verify_until", course->verify_until);
        add_text(item, "said", remedy_name(course->said));
        add_whole(item, "said_next", course->said_next);
        add_whole(item, "paged", course->paged);
    }
}

static void save_problem(json_t *saved, const struct problem *problem)
{
    json_t *object = json_object();
    (void)json_object_set_new(saved, "open", object);
    add_whole(object, "opened", problem->opened);
    add_flag(object, "soft", problem->soft);
    add_flag(object, "worth", problem->worth);
    add_whole(object, "worth_since", problem->worth_since);
    add_whole(object, "notices", problem->notices);
    add_text(object, "quiet", quiet_name(problem->quiet));
    save_told(object, problem);
    save_courses(object, problem);
    const struct acknowledgement *acknowledgement = problem->acknowledgement;
    if (acknowledgement) {
        json_t *item = json_object();
        (void)json_object_set_new(object, "acknowledgement", item);
        add_text(item, "author", acknowledgement->author);
        add_text(item, "comment", acknowledgement->comment);
        add_whole(item, "until", acknowledgement->until);
        add_text(item, "verdict", verdict_name(acknowledgement->verdict));
    }
}

static void save_flights(json_t *saved, const struct world *world, uint32_t binding)
{
    json_t *list = NULL;
    for (size_t i = 0; i < world->flight_count; i++) {
        const struct flight *flight = &world->flights[i];
        if (flight->binding != binding)
            continue;
        if (!list)
            list = add_list(saved, "runs");
        json_t *item = add_item(list);
        add_text(item, "run", flight->run);
        add_text(item, "remediation", flight->remediation);
        add_whole(item, "problem", (int64_t)flight->problem);
        add_whole(item, "started", flight->started);
    }
}

json_t *world_save(const struct world *world, uint32_t binding)
{
    assert(binding < world->count);
    const struct record *record = &world->records[binding];
    int64_t due = plan_due(world->timers, binding);
    json_t *saved = json_object();
    add_whole(saved, "version", VERSION);
    if (record->state.known)
        save_state(saved, &record->state);
    if (record->problem)
        save_problem(saved, record->problem);
    save_flights(saved, world, binding);
    if (due != INT64_MAX)
        (void)json_object_set_new(saved, "due", json_integer(due));
    return saved;
}
