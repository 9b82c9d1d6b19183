/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/timeline.h"

#include "lib/memory.h"
#include "lib/nearest.h"
#include "lib/text.h"
#include "scheduler/core/saved.h"
#include "scheduler/core/timeline_parts.h"

#include <math.h>
#include <string.h>

enum { PATIENCE = 60000 }; /* ms beyond the timeout of a run; the daemon waits as long */

static const char *const outcomes[] = {"fixed", "vain", "failed", "refused", [RUN_LIMITED] = "limited"};

bool timeline_outcome(const char *name, int *outcome)
{
    for (int i = 0; i <= RUN_LIMITED; i++) {
        if (strcmp(name, outcomes[i]) == 0) {
            *outcome = i;
            return true;
        }
    }
    *outcome = -1;
    return strcmp(name, "died") == 0;
}

const char *timeline_outcome_name(int outcome)
{
    return outcome >= 0 && outcome <= RUN_LIMITED ? outcomes[outcome] : "died";
}

struct timeline *timeline_create(const struct timeline_settings *settings)
{
    struct timeline *timeline = memory_get(1, sizeof *timeline);
    timeline->settings = *settings;
    timeline->world = world_create(settings->model);
    timeline->now = INT64_MIN;
    return timeline;
}

void timeline_free(struct timeline *timeline)
{
    if (!timeline)
        return;
    world_free(timeline->world);
    free(timeline);
}

struct world *timeline_world(struct timeline *timeline)
{
    return timeline->world;
}

/* ---- what a line says ---- */

bool timeline_seconds(const json_t *line, const char *key, int64_t *at, struct error *error)
{
    const json_t *value = json_object_get(line, key);
    double seconds = json_number_value(value);
    *at = 0;
    if (!value)
        return true;
    if (!json_is_number(value) || !(fabs(seconds) < (double)SAVED_INSTANT_MAX / 1000))
        return error_set(error, "\"%s\" is not a number of seconds", key);
    *at = llround(seconds * 1000);
    return true;
}

bool timeline_instant(const json_t *line, int64_t *at, struct error *error)
{
    *at = 0;
    if (!json_is_object(line) || !json_object_get(line, "at"))
        return error_set(error, "a line needs a number \"at\", in epoch seconds");
    return timeline_seconds(line, "at", at, error);
}

bool timeline_text(const json_t *line, const char *key, const char **text, struct error *error)
{
    const json_t *value = json_object_get(line, key);
    *text = value ? json_string_value(value) : "";
    return *text || error_set(error, "\"%s\" is not a text", key);
}

/* Whether ${name} is one of ${members}; each is a candidate for the nearest. */
static bool is_member(struct nearest *nearest, const char *members, struct arena *arena)
{
    bool found = false;
    for (const char *word = members; *word && !found; word += strspn(word, " ")) {
        size_t length = strcspn(word, " ");
        const char *member = arena_text_of(arena, word, length);
        found = strcmp(member, nearest->wanted) == 0;
        nearest_try(nearest, member);
        word += length;
    }
    return found;
}

bool timeline_members(const struct timeline *timeline, const json_t *line, const char *members,
                      struct error *error)
{
    if (timeline->recorded)
        return true;
    struct arena *arena = arena_create();
    json_t *copy = json_deep_copy(line); /* only what may be changed can be walked */
    const char *key;
    json_t *value;
    bool good = true;
    json_object_foreach(copy, key, value) {
        struct nearest nearest = {.wanted = key};
        if (!good || is_member(&nearest, "at do since", arena) || is_member(&nearest, members, arena))
            continue;
        good = nearest.name
                   ? error_set(error, "unknown member \"%.100s\"; did you mean \"%s\"", key, nearest.name)
                   : error_set(error, "unknown member \"%.100s\"", key);
    }
    json_decref(copy);
    arena_free(arena);
    return good;
}

static bool no_such_check(const struct model *model, const char *host, const char *check, struct error *error)
{
    struct text wanted = TEXT_INIT;
    text_format(&wanted, "%s/%s", host, check);
    struct nearest nearest = {.wanted = wanted.bytes};
    struct arena *arena = arena_create();
    for (size_t i = 0; i < model->binding_count; i++)
        nearest_try(&nearest, arena_format(arena, "%s/%s", model->bindings[i].host->name,
                                           model->bindings[i].plan->name));
    if (nearest.name)
        (void)error_set(error, "no such check: \"%.200s\"; did you mean \"%s\"", wanted.bytes, nearest.name);
    else
        (void)error_set(error, "no such check: \"%.200s\"", wanted.bytes);
    arena_free(arena);
    text_release(&wanted);
    return false;
}

bool timeline_binding(const struct timeline *timeline, const json_t *line, uint32_t *binding,
                      struct error *error)
{
    const char *host, *check;
    if (!timeline_text(line, "host", &host, error) || !timeline_text(line, "check", &check, error))
        return false;
    const struct model *model = world_model(timeline->world);
    int64_t found = model_binding(model, host, check);
    if (found == MODEL_NONE)
        return no_such_check(model, host, check, error);
    *binding = (uint32_t)found;
    return true;
}

/* ---- time ---- */

static void end_run(struct timeline *timeline, const struct world_run *run, int outcome)
{
    char *name = memory_text(run->run);
    const struct run_end end = {.outcome = outcome, .began = RUN_BEGAN};
    world_remedied(timeline->world, name, &end, timeline->now, timeline->settings.sink,
                   timeline->settings.owner);
    free(name);
}

/* Nothing is executed: a run ends as the settings say, in the instant in which it begins. */
static int outcome_of(enum timeline_runs runs)
{
    switch (runs) {
    case TIMELINE_RUNS_FIXED:
        return 0;
    case TIMELINE_RUNS_VAIN:
        return 1;
    case TIMELINE_RUNS_FAILED:
        return 2;
    case TIMELINE_RUNS_REFUSED:
        return 3;
    case TIMELINE_RUNS_DIED:
    case TIMELINE_RUNS_TOLD:
        break;
    }
    return -1;
}

static void end_runs(struct timeline *timeline)
{
    while (timeline->settings.runs != TIMELINE_RUNS_TOLD && world_run_count(timeline->world) > 0) {
        struct world_run run = world_run_at(timeline->world, 0);
        end_run(timeline, &run, outcome_of(timeline->settings.runs));
    }
}

static int64_t patience_with(const struct timeline *timeline, const struct world_run *run)
{
    const struct remediation *remediation = model_remediation(world_model(timeline->world), run->remediation);
    return run->started + (remediation ? remediation->timeout : 0) + PATIENCE;
}

/* The run whose end nobody told in time, first; false: there is none before ${until}. */
static bool silent_run(const struct timeline *timeline, int64_t until, struct world_run *silent, int64_t *due)
{
    *due = INT64_MAX;
    for (size_t i = 0; i < world_run_count(timeline->world); i++) {
        struct world_run run = world_run_at(timeline->world, i);
        int64_t end = patience_with(timeline, &run);
        if (end < until && end < *due) {
            *due = end;
            *silent = run;
        }
    }
    return *due != INT64_MAX;
}

static void reach(struct timeline *timeline, int64_t at)
{
    if (at > timeline->now)
        timeline->now = at;
}

static void pass_time(struct timeline *timeline, int64_t until)
{
    struct world_run silent = {0};
    int64_t end;
    for (;;) {
        int64_t due = world_due(timeline->world);
        bool dies = silent_run(timeline, until, &silent, &end);
        if (dies && end < due) {
            reach(timeline, end);
            end_run(timeline, &silent, -1);
        } else if (due <= until) {
            reach(timeline, due);
            world_tick(timeline->world, timeline->now, timeline->settings.sink, timeline->settings.owner);
            end_runs(timeline);
        } else {
            break;
        }
    }
    reach(timeline, until);
}

/* ---- lines ---- */

static bool take_result(struct timeline *timeline, const json_t *line, struct error *error)
{
    uint32_t binding = 0;
    const char *output;
    const json_t *exit = json_object_get(line, "exit");
    struct result result = {.at = timeline->now, .passive = json_is_true(json_object_get(line, "passive"))};
    if (!timeline_members(timeline, line, "host check exit output ran passive", error) ||
        !timeline_binding(timeline, line, &binding, error))
        return false;
    if (model_is_counted(world_model(timeline->world)->bindings[binding].plan))
        return error_set(error, "it is counted from the states of others and takes no results");
    if (!json_is_integer(exit))
        return error_set(error, "a result needs a whole number \"exit\"");
    if (!timeline_text(line, "output", &output, error))
        return false;
    if (json_object_get(line, "ran") && !timeline_seconds(line, "ran", &result.at, error))
        return false;
    json_int_t code = json_integer_value(exit);
    result.verdict = code >= 0 && code <= 3 ? (enum verdict)code : VERDICT_UNKNOWN;
    result.text = output;
    world_result(timeline->world, binding, &result, timeline->now, timeline->settings.sink,
                 timeline->settings.owner);
    return true;
}

static bool deed_is(const json_t *line, const char *name)
{
    const char *deed = json_string_value(json_object_get(line, "do"));
    return deed && strcmp(deed, name) == 0;
}

/* "since" is the instant up to which the scheduler was at work: what was due between it and "at" was late and fires
 * at "at". A step of the clock alone may lead back. What was known
 * at the beginning is all of one instant: no timer fires before it is complete. */
static bool move_to(struct timeline *timeline, const json_t *line, struct error *error)
{
    int64_t at, since;
    if (!timeline_instant(line, &at, error) || !timeline_seconds(line, "since", &since, error))
        return false;
    if (!json_object_get(line, "since"))
        since = at;
    if (at < timeline->now && !deed_is(line, "clock_set"))
        return error_set(error, "\"at\" goes back in time");
    if (timeline->now != INT64_MIN && !deed_is(line, "begin") && !deed_is(line, "state"))
        pass_time(timeline, since);
    else if (!deed_is(line, "begin"))
        world_begin(timeline->world, at);
    timeline->now = at;
    return true;
}

bool timeline_take(struct timeline *timeline, const json_t *line, struct error *error)
{
    if (!move_to(timeline, line, error))
        return false;
    bool taken = json_object_get(line, "do") ? timeline_deed(timeline, line, error)
                                             : take_result(timeline, line, error);
    end_runs(timeline);
    return taken;
}
