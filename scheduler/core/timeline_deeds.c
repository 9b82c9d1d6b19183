/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people and surroundings do to a world: one row for each deed, in the table at the end. */
#include "lib/memory.h"
#include "lib/nearest.h"
#include "lib/text.h"
#include "scheduler/core/remedy.h"
#include "scheduler/core/saved.h"
#include "scheduler/core/timeline_parts.h"
#include "scheduler/core/world_calm.h"
#include "scheduler/core/world_history.h"

#include <assert.h>
#include <string.h>

/* ---- people ---- */

static bool acknowledge(struct timeline *timeline, const json_t *line, struct error *error)
{
    uint32_t binding;
    const char *author, *comment;
    int64_t until;
    return timeline_binding(timeline, line, &binding, error) &&
           timeline_text(line, "author", &author, error) && timeline_text(line, "comment", &comment, error) &&
           timeline_seconds(line, "until", &until, error) &&
           world_acknowledge(timeline->world, binding, author, comment, until, timeline->now,
                             timeline->settings.sink, timeline->settings.owner, error);
}

static bool unacknowledge(struct timeline *timeline, const json_t *line, struct error *error)
{
    uint32_t binding;
    return timeline_binding(timeline, line, &binding, error) &&
           world_unacknowledge(timeline->world, binding, timeline->now, timeline->settings.sink,
                               timeline->settings.owner, error);
}

static bool tick(struct timeline *timeline, const json_t *line, struct error *error)
{
    (void)line, (void)error;
    world_tick(timeline->world, timeline->now, timeline->settings.sink, timeline->settings.owner);
    return true;
}

/* ---- remediations ---- */

static bool find_remediation(const struct timeline *timeline, const json_t *line,
                             const struct remediation **remediation, struct error *error)
{
    const struct model *model = world_model(timeline->world);
    const char *name;
    if (!timeline_text(line, "remediation", &name, error))
        return false;
    *remediation = model_remediation(model, name);
    if (*remediation)
        return true;
    struct nearest nearest = {.wanted = name};
    for (size_t i = 0; i < model->remediation_count; i++)
        nearest_try(&nearest, model->remediations[i]->name);
    return nearest.name
               ? error_set(error, "no such remediation: \"%.100s\"; did you mean \"%s\"", name, nearest.name)
               : error_set(error, "no such remediation: \"%.100s\"", name);
}

/* Somebody starts it by hand; why it does not run is a decision as well, and no error. */
static bool run_remediation(struct timeline *timeline, const json_t *line, struct error *error)
{
    uint32_t binding;
    const struct remediation *remediation;
    const char *author;
    char *run = NULL;
    struct error refusal = {""};
    if (!timeline_binding(timeline, line, &binding, error) ||
        !find_remediation(timeline, line, &remediation, error) ||
        !timeline_text(line, "author", &author, error))
        return false;
    bool dry_run = json_is_true(json_object_get(line, "dry_run"));
    (void)world_remediate(timeline->world, binding, remediation->name, author, dry_run, timeline->now, &run,
                          timeline->settings.sink, timeline->settings.owner, &refusal);
    free(run);
    return true;
}

/* What the tracker says of an issue. */
static bool tell_issue(struct timeline *timeline, const json_t *line, struct error *error)
{
    const char *issue, *word;
    enum issue_state state;
    if (!timeline_text(line, "issue", &issue, error) || !timeline_text(line, "state", &word, error))
        return false;
    if (!issue_state_read(word, &state))
        return error_set(error, "an issue is open, closed or unknown, not \"%.100s\"", word);
    world_issue(timeline->world, issue, state, timeline->now, timeline->settings.sink,
                timeline->settings.owner);
    return true;
}

static bool approve_remediation(struct timeline *timeline, const json_t *line, struct error *error)
{
    const char *run, *author;
    return timeline_text(line, "run", &run, error) && timeline_text(line, "author", &author, error) &&
           world_approve(timeline->world, run, author, timeline->now, timeline->settings.sink,
                         timeline->settings.owner, error);
}

static bool is_under_way(const struct world *world, const char *run)
{
    for (size_t i = 0; i < world_run_count(world); i++)
        if (strcmp(world_run_at(world, i).run, run) == 0)
            return true;
    return false;
}

/* "began" is when the program did, 0: it never did; without it, when it was decided. "until" is when a limit is over. In another configuration than the
 * one that was at work the run may not be under way. */
static bool end_remediation(struct timeline *timeline, const json_t *line, struct error *error)
{
    const char *run, *word;
    struct run_end end = {.began = RUN_BEGAN};
    if (!timeline_text(line, "run", &run, error) || !timeline_text(line, "outcome", &word, error) ||
        !timeline_text(line, "said", &end.said, error) ||
        (json_object_get(line, "began") && !timeline_seconds(line, "began", &end.began, error)) ||
        !timeline_seconds(line, "until", &end.until, error))
        return false;
    if (!timeline_outcome(word, &end.outcome))
        return error_set(error, "an outcome is fixed, vain, failed, refused, limited or died, not \"%.100s\"",
                         word);
    if (!is_under_way(timeline->world, run) && timeline->settings.runs != TIMELINE_RUNS_TOLD)
        return error_set(error, "no run is under way of that id: \"%.200s\"", run);
    world_remedied(timeline->world, run, &end, timeline->now, timeline->settings.sink,
                   timeline->settings.owner);
    return true;
}

/* A run of the ledger that began at "started" and has ended. */
static bool remember_run(struct timeline *timeline, const json_t *line, struct error *error)
{
    const char *remediation, *target;
    int64_t started = timeline->now;
    if (!timeline_text(line, "remediation", &remediation, error) ||
        !timeline_text(line, "target", &target, error) ||
        (json_object_get(line, "started") && !timeline_seconds(line, "started", &started, error)))
        return false;
    world_remember_run(timeline->world, remediation, target, started, true);
    return true;
}

/* ---- the scheduler itself ---- */

static bool report_channel(struct timeline *timeline, const json_t *line, struct error *error)
{
    enum channel channel;
    const char *name, *reason;
    const json_t *list = json_object_get(line, "users");
    if (!timeline_text(line, "channel", &name, error) || !timeline_text(line, "reason", &reason, error))
        return false;
    if (!channel_read(name, &channel))
        return error_set(error, "no such channel: \"%.100s\"", name);
    size_t count = json_array_size(list);
    const char **users = memory_get(count + 1, sizeof *users);
    for (size_t i = 0; i < count; i++) {
        const char *user = json_string_value(json_array_get(list, i));
        users[i] = user ? user : "";
    }
    world_channel(timeline->world, channel, json_is_true(json_object_get(line, "works")), reason, users,
                  count, timeline->now, timeline->settings.sink, timeline->settings.owner);
    free(users);
    return true;
}

/* By way of real JSON text, as over the journal. */
static bool carry_over(const struct world *from, struct world *to, uint32_t binding, struct error *error)
{
    json_t *saved = world_save(from, binding);
    char *text = json_dumps(saved, JSON_COMPACT);
    json_t *read = text ? json_loads(text, 0, NULL) : NULL;
    bool good = world_load(to, binding, read, error);
    json_decref(read);
    free(text);
    json_decref(saved);
    return good;
}

/* The generation that a line names with "conf"; without it that of the settings. */
static bool adopt(struct timeline *timeline, const json_t *line, struct error *error)
{
    const struct timeline_settings *settings = &timeline->settings;
    const struct model *model = world_model(timeline->world);
    const char *conf = NULL;
    if (json_object_get(line, "conf") && !timeline_text(line, "conf", &conf, error))
        return false;
    if (settings->load)
        model = settings->load(settings->owner, conf, error);
    if (model)
        world_adopt(timeline->world, model);
    return model != NULL;
}

/* It ends and starts again: what is known goes through what is saved. "past" are the ledger's runs. */
static bool restart(struct timeline *timeline, const json_t *line, struct error *error)
{
    if (json_object_get(line, "conf") && !adopt(timeline, line, error))
        return false;
    struct world *old = timeline->world;
    struct world *world = world_create(world_model(old));
    json_t *site = world_save_site(old);
    bool good = world_load_site(world, site, error);
    for (uint32_t i = 0; good && i < world_model(old)->binding_count; i++)
        good = carry_over(old, world, i, error);
    json_decref(site);
    world_clock_set(world, 0, timeline->now);
    if (json_object_get(line, "past"))
        good = good && world_load_past(world, json_object_get(line, "past"), error);
    else
        world_remember_runs_of(world, old);
    timeline->world = world;
    world_begin(world, timeline->now);
    world_free(old);
    return good;
}

static bool reload(struct timeline *timeline, const json_t *line, struct error *error)
{
    if (!adopt(timeline, line, error))
        return false;
    world_begin(timeline->world, timeline->now);
    return true;
}

/* ---- the beginning of a history ---- */

static void ignore(void *owner, const struct decision *decision)
{
    (void)owner, (void)decision;
}

/* Everything that was known then: "others" is what is known of each check about which no line "state" follows, OK or
 * PENDING. It was at work since "started", and since "begun" with this configuration. The ends of remediations stand in
 * such a history. */
static bool begin(struct timeline *timeline, const json_t *line, struct error *error)
{
    const char *others;
    const json_t *site = json_object_get(line, "site");
    const struct model *model = world_model(timeline->world);
    int64_t started, begun;
    if (!timeline_text(line, "others", &others, error) ||
        !timeline_seconds(line, "started", &started, error) ||
        !timeline_seconds(line, "begun", &begun, error) ||
        (site && !world_load_site(timeline->world, site, error)) ||
        !world_load_past(timeline->world, json_object_get(line, "past"), error))
        return false;
    timeline->settings.runs = TIMELINE_RUNS_TOLD;
    timeline->recorded = true;
    const struct result fine = {.verdict = VERDICT_OK, .at = timeline->now - 1, .text = ""};
    for (uint32_t i = 0; strcmp(others, "OK") == 0 && i < model->binding_count; i++)
        world_result(timeline->world, i, &fine, timeline->now, ignore, NULL);
    world_begin(timeline->world, started ? started : timeline->now);
    world_begin(timeline->world, begun ? begun : timeline->now);
    return true;
}

static bool set_state(struct timeline *timeline, const json_t *line, struct error *error)
{
    uint32_t binding;
    return timeline_binding(timeline, line, &binding, error) &&
           world_load(timeline->world, binding, json_object_get(line, "saved"), error);
}

/* "by" is how far the clock was set forward, in seconds; negative: back. */
static bool set_clock(struct timeline *timeline, const json_t *line, struct error *error)
{
    int64_t by;
    if (!timeline_seconds(line, "by", &by, error))
        return false;
    world_clock_set(timeline->world, by, timeline->now);
    return true;
}

static const struct deed {
    const char *name;
    bool (*take)(struct timeline *timeline, const json_t *line, struct error *error);
    const char *members; /* beside those that every line may have */
} deeds[] = {
    {"acknowledge", acknowledge, "host check author comment until"},
    {"unacknowledge", unacknowledge, "host check"},
    {"tick", tick, ""},
    {"run_remediation", run_remediation, "host check remediation author dry_run"},
    {"approve_remediation", approve_remediation, "run author"},
    {"issue", tell_issue, "issue state"},
    {"end_remediation", end_remediation, "run outcome began said"},
    {"remember_run", remember_run, "remediation target started"},
    {"restart", restart, "conf past generation"},
    {"reload", reload, "conf generation"},
    {"clock_set", set_clock, "by"},
    {"channel", report_channel, "channel works reason users"},
    {"begin", begin, "others site past started begun generation"},
    {"state", set_state, "host check saved"},
};
enum { DEEDS = sizeof deeds / sizeof deeds[0] };

/* What people say, with its members as world_calm.h has them. */
static bool say(struct timeline *timeline, const char *name, const json_t *line, struct error *error)
{
    json_t *answer = world_calm_take(timeline->world, name, line, "", timeline->now, timeline->settings.sink,
                                     timeline->settings.owner, error);
    json_decref(answer);
    return answer != NULL;
}

bool timeline_deed(struct timeline *timeline, const json_t *line, struct error *error)
{
    const char *name;
    if (!timeline_text(line, "do", &name, error))
        return false;
    struct nearest nearest = {.wanted = name};
    for (size_t i = 0; i < DEEDS; i++) {
        if (strcmp(deeds[i].name, name) == 0)
            return timeline_members(timeline, line, deeds[i].members, error) &&
                   deeds[i].take(timeline, line, error);
        nearest_try(&nearest, deeds[i].name);
    }
    for (size_t i = 0; world_calm_deed(i); i++) {
        if (strcmp(world_calm_deed(i), name) == 0)
            return timeline_members(timeline, line, world_calm_members(i), error) &&
                   say(timeline, name, line, error);
        nearest_try(&nearest, world_calm_deed(i));
    }
    return nearest.name ? error_set(error, "cannot do \"%.100s\"; did you mean \"%s\"", name, nearest.name)
                        : error_set(error, "cannot do \"%.100s\"", name);
}
