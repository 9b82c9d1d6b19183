/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/world.h"

#include "lib/memory.h"
#include "scheduler/core/links.h"
#include "scheduler/core/world_calm_parts.h"

#include <assert.h>

static const char *const notice_names[NOTICES] = {
    [NOTICE_PROBLEM] = "PROBLEM",
    [NOTICE_RECOVERY] = "RECOVERY",
    [NOTICE_ACKNOWLEDGEMENT] = "ACKNOWLEDGEMENT",
    [NOTICE_FLAPPING_START] = "FLAPPINGSTART",
    [NOTICE_FLAPPING_STOP] = "FLAPPINGSTOP",
    [NOTICE_REMEDIATION] = "REMEDIATION",
    [NOTICE_STORM] = "STORM",
    [NOTICE_CHANNEL] = "CHANNEL",
    [NOTICE_DOWNTIME_START] = "DOWNTIMESTART",
    [NOTICE_DOWNTIME_END] = "DOWNTIMEEND",
    [NOTICE_REVIEW] = "REVIEW",
    [NOTICE_SILENCE] = "SILENCE",
};

const char *notice_name(enum notice notice)
{
    return notice_names[notice];
}

const char *decision_name(enum decision_kind kind)
{
    static const char *const names[DECISIONS] = {[DECISION_STATE] = "state",
                                                 [DECISION_ALERT] = "alert",
                                                 [DECISION_QUIET] = "quiet",
                                                 [DECISION_REMEDIATION] = "remediation",
                                                 [DECISION_CHECK] = "check"};
    return names[kind];
}

const char *act_name(enum act act)
{
    static const char *const names[] = {
        [ACT_RUN] = "run",   [ACT_WAIT] = "wait",   [ACT_REFUSE] = "refuse",       [ACT_DRY_RUN] = "dry_run",
        [ACT_ASK] = "ask",   [ACT_FIXED] = "fixed", [ACT_NO_EFFECT] = "no_effect", [ACT_WORSE] = "worse",
        [ACT_MOOT] = "moot",
    };
    return names[act];
}

struct world *world_create(const struct model *model)
{
    struct world *world = memory_get(1, sizeof *world);
    world->model = model;
    world->links = links_create(model);
    world->count = model->binding_count;
    world->records = memory_get(world->count, sizeof *world->records);
    world->timers = plan_create(world->count + 1);
    world->next_problem = 1;
    world_governed_look(world);
    world_fresh_make(world);
    world_serving_make(world);
    world_calm_adopt(world);
    return world;
}

void world_free(struct world *world)
{
    if (!world)
        return;
    for (size_t i = 0; i < world->count; i++)
        record_release(&world->records[i]);
    for (size_t i = 0; i < world->flight_count; i++)
        world_flight_release(&world->flights[i]);
    for (size_t i = 0; i < world->past_count; i++) {
        free(world->past[i].remediation);
        free(world->past[i].target);
    }
    world_gather_release(world);
    world_owed_release(world);
    world_storm_release(world);
    world_channel_release(world);
    free(world->posts);
    world_calm_release(world);
    free(world->past);
    world_governed_release(world);
    world_review_release(world);
    world_issue_release(world);
    free(world->flights);
    plan_free(world->timers);
    plan_free(world->stale);
    world_serving_release(world);
    links_free(world->links);
    free(world->records);
    free(world);
}

static int compare(const struct binding *a, const struct binding *b)
{
    int order = strcmp(a->host->name, b->host->name);
    return order ? order : strcmp(a->plan->name, b->plan->name);
}

/* Both lists of bindings are sorted, so one pass moves every record to its new place. What has an open
 * problem is considered again at once: rules and people may have changed. */
static void move_records(struct world *world, const struct model *model, struct record *records,
                         struct plan *timers)
{
    size_t old = 0;
    for (size_t i = 0; i < model->binding_count; i++) {
        while (old < world->count && compare(&world->model->bindings[old], &model->bindings[i]) < 0)
            record_release(&world->records[old++]);
        if (old == world->count || compare(&world->model->bindings[old], &model->bindings[i]) != 0)
            continue;
        records[i] = world->records[old++];
        if (records[i].problem)
            plan_set(timers, (uint32_t)i, 0);
    }
    while (old < world->count)
        record_release(&world->records[old++]);
}

void world_adopt(struct world *world, const struct model *model)
{
    struct record *records = memory_get(model->binding_count, sizeof *records);
    struct plan *timers = plan_create(model->binding_count + 1);
    move_records(world, model, records, timers);
    free(world->records);
    plan_free(world->timers);
    world->records = records;
    world->timers = timers;
    world->count = model->binding_count;
    world->model = model;
    links_free(world->links);
    world->links = links_create(model);
    world_governed_look(world);
    world_fresh_make(world);
    world_serving_make(world);
    world_owed_wake(world);
    world_calm_adopt(world);
    for (size_t i = 0; i < world->flight_count; i++) {
        struct flight *flight = &world->flights[i];
        int64_t binding = model_binding(model, flight->host, flight->check);
        flight->binding = binding == MODEL_NONE ? WORLD_SITE : (uint32_t)binding;
    }
}

const struct model *world_model(const struct world *world)
{
    return world->model;
}

struct turn world_turn(struct world *world, uint32_t binding, int64_t now, world_sink *sink, void *owner)
{
    assert(binding < world->count);
    return (struct turn){
        world, binding, &world->model->bindings[binding], &world->records[binding], now, sink, owner, 0,
        NULL,  NULL};
}

struct decision world_decision(const struct turn *turn, enum decision_kind kind)
{
    const struct state *state = &turn->record->state;
    return (struct decision){.kind = kind,
                             .at = turn->now,
                             .binding = turn->index,
                             .subject = turn->binding->host->name,
                             .name = turn->binding->plan->name,
                             .problem = state->problem,
                             .verdict = state->verdict,
                             .type = state->type,
                             .attempt = state->attempt,
                             .author = turn->author,
                             .flapping = state->flapping};
}

int64_t world_earlier(int64_t a, int64_t b)
{
    if (a == 0 || b == 0)
        return a ? a : b;
    return a < b ? a : b;
}

int64_t world_seconds(int64_t at)
{
    int64_t whole = at / 1000;
    return at % 1000 < 0 ? whole - 1 : whole;
}

void world_settle(struct turn *turn, bool fresh)
{
    struct world *world = turn->world;
    int64_t next = world_alert_consider(turn, fresh);
    next = world_earlier(next, world_remedy_consider(turn));
    const struct problem *problem = turn->record->problem;
    if (problem && problem->acknowledgement)
        next = world_earlier(next, problem->acknowledgement->until);
    if (next)
        plan_set(world->timers, turn->index, next > turn->now ? next : turn->now + 1);
    else
        plan_clear(world->timers, turn->index);
}

void world_settle_after(struct turn *turn)
{
    const struct problem *problem = turn->record->problem;
    bool fresh = turn->record->state.hard_since == turn->now;
    for (size_t i = 0; i < problem->group_count; i++)
        fresh = fresh && !(problem->groups[i].last.told && problem->groups[i].last.at == turn->now);
    world_settle(turn, fresh);
}

/* A problem lasts on while the check flaps; then its end is told once, when the flapping has stopped. */
static void close_if_over(struct turn *turn)
{
    const struct state *state = &turn->record->state;
    const struct problem *problem = turn->record->problem;
    if (!problem || state->hard != VERDICT_OK || state->flapping ||
        (problem->soft && state->verdict != VERDICT_OK))
        return;
    world_judge_recovered(turn);
    if (!problem->soft)
        world_alert_recovery(turn);
    world_owed_closed(turn);
    world_storm_closed(turn);
    record_close(turn->record);
    plan_clear(turn->world->timers, turn->index);
    world_silence_resolved(turn);
}

static bool acts_on_soft(const struct check_plan *plan)
{
    bool acts = false;
    for (size_t i = 0; i < plan->remediate_count; i++)
        acts |= !plan->remediate[i]->on_hard;
    return acts;
}

/* A problem is hard; only for a remediation that acts on soft states it has its id before. */
static void open_problem(struct turn *turn)
{
    struct state *state = &turn->record->state;
    if (!turn->record->problem) {
        state->problem = turn->world->next_problem;
        world_problem_known(turn->world, state->problem);
        record_open(turn->record, turn->now);
        turn->record->problem->soft = true;
    }
    if (state->hard != VERDICT_OK)
        turn->record->problem->soft = false;
}

static unsigned apply(struct turn *turn, const struct result *result)
{
    const struct check_plan *plan = turn->binding->plan;
    struct state *state = &turn->record->state;
    const struct state_rule rule = {plan->attempts, plan->volatile_, plan->flapping, plan->flapping_low,
                                    plan->flapping_high};
    int64_t at = result->at < turn->now ? result->at : turn->now;
    /* Our own results come in order; only the clock can have gone back. What comes late after all was waited for. */
    if (!result->passive && at < state->last_result)
        state->last_result = at;
    else if (state->stale && at < state->last_result)
        at = state->last_result;
    state->stale = result->stale;
    unsigned changes = state_apply(state, &rule, result->verdict, at);
    const struct problem *problem = turn->record->problem;
    if (changes & STATE_PROBLEM_OPENED && problem && !problem->soft)
        changes &= ~(unsigned)STATE_PROBLEM_OPENED; /* it has lasted on while the check flapped */
    if (changes & STATE_PROBLEM_OPENED || (state_retries(state) && acts_on_soft(plan)))
        open_problem(turn);
    return changes;
}

static void decide(struct turn *turn, unsigned changes)
{
    const struct record *record = turn->record;
    world_keep_result(turn);
    if (record->problem && changes & STATE_FLAPPING_STOPPED)
        world_alert_flapping_stop(turn);
    close_if_over(turn);
    if (changes & STATE_SOFT_RECOVERY && !record->problem)
        world_quiet(turn, 0, "recovered in a soft state, of which nobody is told");
    else if (record->problem || record->state.verdict != VERDICT_OK)
        world_settle(turn, changes & (STATE_HARD_PROBLEM | STATE_HARD_RECOVERY));
}

void world_take(struct world *world, uint32_t binding, const struct result *result, int64_t now,
                world_sink *sink, void *owner)
{
    struct turn turn = world_turn(world, binding, now, sink, owner);
    const struct state *state = &turn.record->state;
    int attempt = state->attempt;
    unsigned changes = apply(&turn, result);
    if (changes & STATE_REFUSED) {
        world_quiet(&turn, 0, "the result is older than the newest one");
        return;
    }
    if (changes || state->attempt != attempt || result->computed) {
        struct decision decision = world_decision(&turn, DECISION_STATE);
        decision.changes = changes;
        decision.reason = result->stale || result->computed ? result->text : NULL;
        sink(owner, &decision);
    }
    decide(&turn, changes);
    world_source_told(&turn, changes);
    world_inhibit_told(&turn, changes);
    world_serving_told(&turn);
    world_verify_told(&turn);
    world_fresh_arm(world, binding, now);
}

void world_result(struct world *world, uint32_t binding, const struct result *result, int64_t now,
                  world_sink *sink, void *owner)
{
    world_take(world, binding, result, now, sink, owner);
    world_post_deliver(world, sink, owner);
}

int64_t world_due(const struct world *world)
{
    int64_t problems = plan_first(world->timers);
    int64_t checks = world->tallies_due ? 0 : world_fresh_due(world);
    return problems < checks ? problems : checks;
}

void world_tick(struct world *world, int64_t now, world_sink *sink, void *owner)
{
    uint32_t binding = 0;
    world_serving_tick(world, now, sink, owner);
    world_fresh_tick(world, now, sink, owner);
    while (plan_pop(world->timers, now, &binding)) {
        if (binding == world->count) {
            world_site_tick(world, now, sink, owner);
            continue;
        }
        struct turn turn = world_turn(world, binding, now, sink, owner);
        if (turn.record->problem)
            world_settle(&turn, false);
    }
    world_post_deliver(world, sink, owner);
}

static void shift_runs(struct world *world, int64_t delta)
{
    for (size_t i = 0; i < world->past_count; i++) {
        world->past[i].started += delta;
        if (world->past[i].ended)
            world->past[i].ended += delta;
    }
    for (size_t i = 0; i < world->flight_count; i++) {
        world->flights[i].started += delta;
        if (world->flights[i].recovered)
            world->flights[i].recovered += delta;
    }
}

void world_clock_set(struct world *world, int64_t delta, int64_t now)
{
    for (size_t i = 0; i < world->count; i++) {
        struct record *record = &world->records[i];
        int64_t newest = record->state.last_result + delta;
        record_shift(record, newest > now ? now - record->state.last_result : delta);
        if (record->problem)
            plan_set(world->timers, (uint32_t)i, 0);
    }
    world->started += world->started ? delta : 0;
    world->begun += world->begun ? delta : 0;
    world_fresh_make(world);
    shift_runs(world, delta);
    world_gather_shift(world, delta);
    world_storm_shift(world, delta);
    world_owed_wake(world);
    world_calm_shift(world, delta);
}

static const char *subject(const struct turn *turn, struct error *text)
{
    (void)error_set(text, "%s/%s", turn->binding->host->name, turn->binding->plan->name);
    return text->text;
}

bool world_acknowledge(struct world *world, uint32_t binding, const char *author, const char *comment,
                       int64_t until, int64_t now, world_sink *sink, void *owner, struct error *error)
{
    struct turn turn = world_turn(world, binding, now, sink, owner);
    struct error name;
    if (!turn.record->problem || turn.record->state.hard == VERDICT_OK)
        return error_set(error, "there is no problem to acknowledge at \"%s\"", subject(&turn, &name));
    if (until != 0 && until <= now)
        return error_set(error, "the end of the acknowledgement of \"%s\" has passed", subject(&turn, &name));
    record_acknowledge(turn.record->problem, author, comment, until, turn.record->state.hard);
    world_alert_acknowledgement(&turn);
    world_settle(&turn, false);
    world_post_deliver(world, sink, owner);
    return true;
}

bool world_unacknowledge(struct world *world, uint32_t binding, int64_t now, world_sink *sink, void *owner,
                         struct error *error)
{
    struct turn turn = world_turn(world, binding, now, sink, owner);
    struct error name;
    if (world_keep_forget(world, binding))
        return true;
    if (!turn.record->problem || !turn.record->problem->acknowledgement)
        return error_set(error, "\"%s\" is not acknowledged", subject(&turn, &name));
    record_unacknowledge(turn.record->problem);
    world_escalate_restart(turn.record->problem, now);
    world_settle(&turn, false);
    world_post_deliver(world, sink, owner);
    return true;
}

const struct state *world_state(const struct world *world, uint32_t binding)
{
    assert(binding < world->count);
    return &world->records[binding].state;
}

bool world_acknowledged(const struct world *world, uint32_t binding, const char **author, int64_t *until)
{
    assert(binding < world->count);
    const struct problem *problem = world->records[binding].problem;
    if (!problem || !problem->acknowledgement)
        return false;
    *author = problem->acknowledgement->author;
    *until = problem->acknowledgement->until;
    return true;
}
