/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of a check as JSON. Absent members have their zero value, so that a healthy check is short.
 */
#include "scheduler/core/saved.h"
#include "scheduler/core/world_parts.h"

#include "lib/memory.h"

#include <assert.h>

enum { VERSION = 1 };

static void save_state(json_t *saved, const struct state *state)
{
    char history[STATE_HISTORY + 1] = "";
    for (int i = 0; i < state->history_count; i++)
        history[i] = (char)('0' + state->history[i]);
    saved_add_text(saved, "verdict", verdict_name(state->verdict));
    saved_add_text(saved, "type", state_type_name(state->type));
    saved_add_whole(saved, "attempt", state->attempt);
    saved_add_text(saved, "hard", verdict_name(state->hard));
    saved_add_whole(saved, "since", state->since);
    saved_add_whole(saved, "hard_since", state->hard_since);
    saved_add_whole(saved, "last_ok", state->last_ok);
    saved_add_whole(saved, "last_result", state->last_result);
    saved_add_whole(saved, "problem", (int64_t)state->problem);
    saved_add_text(saved, "history", history);
    saved_add_flag(saved, "flapping", state->flapping);
    saved_add_flag(saved, "stale", state->stale);
}

static void save_told(json_t *object, const struct problem *problem)
{
    json_t *told = saved_add_list(object, "told");
    for (size_t i = 0; i < problem->told_count; i++) {
        json_t *item = saved_add_item(told);
        saved_add_text(item, "user", problem->told[i].user);
        saved_add_text(item, "contact", problem->told[i].contact);
        saved_add_text(item, "urgency", urgency_name(problem->told[i].urgency));
        if (problem->told[i].verdict != VERDICT_OK)
            saved_add_text(item, "verdict", verdict_name(problem->told[i].verdict));
        saved_add_flag(item, "problem", problem->told[i].of & TOLD_PROBLEM);
        saved_add_flag(item, "flapping", problem->told[i].of & TOLD_FLAPPING);
        saved_add_flag(item, "unheard", !(problem->told[i].of & TOLD_HEARD));
        saved_add_flag(item, "missed", problem->told[i].of & TOLD_MISSED);
        saved_add_flag(item, "summary", problem->told[i].of & TOLD_SUMMARY);
    }
    json_t *groups = saved_add_list(object, "groups");
    for (size_t i = 0; i < problem->group_count; i++) {
        const struct quiet_last *last = &problem->groups[i].last;
        if (!last->told && !last->wait)
            continue;
        json_t *item = saved_add_item(groups);
        saved_add_text(item, "group", problem->groups[i].group);
        saved_add_flag(item, "untold", !last->told);
        saved_add_whole(item, "at", last->at);
        saved_add_text(item, "verdict", verdict_name(last->verdict));
        saved_add_whole(item, "wait", last->wait);
        saved_add_whole(item, "level", problem->groups[i].level);
        saved_add_whole(item, "climbed", problem->groups[i].climbed);
    }
}

static void save_courses(json_t *object, const struct problem *problem)
{
    json_t *courses = saved_add_list(object, "remediations");
    for (size_t i = 0; i < problem->course_count; i++) {
        const struct course *course = &problem->courses[i];
        json_t *item = saved_add_item(courses);
        saved_add_text(item, "remediation", course->remediation);
        saved_add_whole(item, "runs", course->runs);
        saved_add_whole(item, "vain", course->vain);
        saved_add_flag(item, "done", course->done);
        saved_add_flag(item, "pending", course->pending);
        saved_add_whole(item, "disarmed", course->disarmed);
        saved_add_whole(item, "asked_until", course->asked_until);
        if (course->approved_by)
            saved_add_text(item, "approved_by", course->approved_by);
        if (course->did)
            saved_add_text(item, "did", course->did);
        saved_add_text(item, "before", verdict_name(course->before));
        saved_add_whole(item, "verify_until", course->verify_until);
        if (course->held)
            saved_add_text(item, "held", course->held);
        saved_add_whole(item, "held_until", course->held_until);
        saved_add_text(item, "said", remedy_name(course->said));
        saved_add_whole(item, "said_next", course->said_next);
        saved_add_whole(item, "paged", course->paged);
    }
}

static void save_problem(json_t *saved, const struct problem *problem)
{
    json_t *object = json_object();
    (void)json_object_set_new(saved, "open", object);
    saved_add_whole(object, "opened", problem->opened);
    saved_add_flag(object, "soft", problem->soft);
    saved_add_flag(object, "worth", problem->worth);
    saved_add_whole(object, "worth_since", problem->worth_since);
    saved_add_whole(object, "notices", problem->notices);
    saved_add_flag(object, "escalates", problem->escalates);
    saved_add_whole(object, "escalates_from", problem->escalates_from);
    saved_add_whole(object, "steps", problem->steps);
    saved_add_text(object, "quiet", quiet_name(problem->quiet));
    save_told(object, problem);
    save_courses(object, problem);
    const struct acknowledgement *acknowledgement = problem->acknowledgement;
    if (acknowledgement) {
        json_t *item = json_object();
        (void)json_object_set_new(object, "acknowledgement", item);
        saved_add_text(item, "author", acknowledgement->author);
        saved_add_text(item, "comment", acknowledgement->comment);
        saved_add_whole(item, "until", acknowledgement->until);
        saved_add_text(item, "verdict", verdict_name(acknowledgement->verdict));
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
            list = saved_add_list(saved, "runs");
        json_t *item = saved_add_item(list);
        saved_add_text(item, "run", flight->run);
        saved_add_text(item, "remediation", flight->remediation);
        if (flight->author)
            saved_add_text(item, "author", flight->author);
        saved_add_whole(item, "problem", (int64_t)flight->problem);
        saved_add_whole(item, "started", flight->started);
        saved_add_whole(item, "recovered", flight->recovered);
        saved_add_whole(item, "lasted", flight->lasted);
        saved_add_whole(item, "without", flight->without);
        saved_add_flag(item, "paged", flight->paged);
    }
}

json_t *world_save(const struct world *world, uint32_t binding)
{
    assert(binding < world->count);
    const struct record *record = &world->records[binding];
    int64_t due = plan_due(world->timers, binding);
    json_t *saved = json_object();
    saved_add_whole(saved, "version", VERSION);
    if (record->state.known)
        save_state(saved, &record->state);
    if (record->problem)
        save_problem(saved, record->problem);
    save_flights(saved, world, binding);
    world_owed_save(world, binding, saved);
    if (due != INT64_MAX)
        (void)json_object_set_new(saved, "due", json_integer(due));
    return saved;
}
