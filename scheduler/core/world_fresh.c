/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What falls due of checks themselves, whether they have a problem or not: results that stay away, windows that begin.
 * Healthy sites have no timer for that: the plan is made only when a check asks for it. */
#include "scheduler/core/rota.h"
#include "scheduler/core/world_parts.h"

#include "lib/number.h"
#include "lib/text.h"

static bool watches(const struct binding *binding)
{
    const struct check_plan *plan = binding->plan;
    return (plan->freshness > 0 || plan->verify || (plan->window && plan->command.count > 0)) &&
           (plan->when & 1U << binding->host->status);
}

static struct window_answer window_of(const struct world *world, const struct check_plan *plan, int64_t now)
{
    return window_ask(plan->window, rota_zone(world->model, NULL, NULL), world_seconds(now));
}

bool world_counts(const struct world *world, uint32_t index, int64_t now)
{
    const struct binding *binding = &world->model->bindings[index];
    const struct window *window = binding->plan->window;
    return (binding->plan->when & 1U << binding->host->status) &&
           (!window || window_inside(window, rota_zone(world->model, NULL, NULL), world_seconds(now)));
}

void world_fresh_make(struct world *world)
{
    bool any = false;
    for (size_t i = 0; i < world->model->binding_count; i++)
        any |= watches(&world->model->bindings[i]);
    plan_free(world->stale);
    world->stale = any ? plan_create(world->model->binding_count) : NULL;
    for (size_t i = 0; any && i < world->model->binding_count; i++)
        if (watches(&world->model->bindings[i]))
            plan_set(world->stale, (uint32_t)i, 0); /* the next tick reckons it */
}

void world_fresh_wake(struct world *world, uint32_t index)
{
    if (world->stale && watches(&world->model->bindings[index]))
        plan_set(world->stale, index, 0);
}

/* Nobody could report before the start. */
static int64_t last_heard(const struct world *world, const struct state *state)
{
    int64_t heard = state->known ? state->last_result : state->since;
    return heard > world->started ? heard : world->started;
}

/* When the window began in which ${now} is; 0: long ago, or it is outside. */
static int64_t opened_at(const struct world *world, const struct check_plan *plan, int64_t now)
{
    if (!plan->window)
        return 0;
    struct window_answer answer = window_of(world, plan, now);
    return answer.inside && answer.since != WINDOW_NEVER ? answer.since * 1000 : 0;
}

/* A stale result is confirmed like any other; once it is hard it is repeated only for the sake of what keeps it
 * quiet. Outside the check's window nothing is missed. */
static int64_t stale_at(const struct world *world, uint32_t index, int64_t now)
{
    const struct check_plan *plan = world->model->bindings[index].plan;
    const struct record *record = &world->records[index];
    int64_t heard = last_heard(world, &record->state);
    int64_t opened = opened_at(world, plan, now);
    if (heard == 0 || plan->freshness == 0 || !world_counts(world, index, now))
        return 0;
    if (heard < opened)
        heard = opened;
    if (!record->state.stale)
        return heard + plan->freshness;
    if (record->state.type == STATE_SOFT)
        return heard + plan->retry;
    return record->problem && world_source_awaits(record->problem->quiet) ? heard + plan->freshness : 0;
}

/* When something of the check itself is due; 0: nothing. */
static int64_t due_at(const struct world *world, uint32_t index, int64_t now)
{
    return world->model->bindings[index].plan->verify ? world_verify_due(world, index)
                                                      : stale_at(world, index, now);
}

static int64_t opens_at(const struct world *world, const struct check_plan *plan, int64_t now)
{
    int64_t next = plan->window ? window_of(world, plan, now).next : WINDOW_NEVER;
    return next == WINDOW_NEVER ? 0 : next * 1000;
}

void world_fresh_arm(struct world *world, uint32_t index, int64_t now)
{
    if (!world->stale || !watches(&world->model->bindings[index]))
        return;
    const struct check_plan *plan = world->model->bindings[index].plan;
    int64_t due = due_at(world, index, now);
    if (due && due <= now && plan->command.count > 0) /* it was asked then, and is asked again */
        due = now + plan->freshness - (now - due) % plan->freshness;
    due = world_earlier(due, opens_at(world, plan, now));
    if (due)
        plan_set(world->stale, index, due > now ? due : now + 1);
    else
        plan_clear(world->stale, index);
}

void world_fresh_again(struct world *world, uint32_t index, int64_t now)
{
    if (world->stale && plan_due(world->stale, index) == INT64_MAX)
        plan_set(world->stale, index, now + world->model->bindings[index].plan->retry);
}

static void begin_window(const struct turn *turn)
{
    struct text reason = TEXT_INIT;
    text_format(&reason, "its window \"%s\" has begun", window_name(turn->binding->plan->window));
    world_source_run(turn, turn->index, reason.bytes);
    text_release(&reason);
}

static void act(const struct turn *turn)
{
    const struct check_plan *plan = turn->binding->plan;
    struct text reason = TEXT_INIT;
    if (plan->verify) {
        world_verify_tick(turn);
        return;
    }
    text_add(&reason, "no result for ");
    duration_write(&reason, plan->freshness);
    if (plan->command.count > 0) {
        world_source_run(turn, turn->index, reason.bytes);
    } else {
        struct result result = {.verdict = plan->stale, .at = turn->now, .text = reason.bytes, .stale = true};
        world_take(turn->world, turn->index, &result, turn->now, turn->sink, turn->owner);
    }
    text_release(&reason);
}

void world_fresh_tick(struct world *world, int64_t now, world_sink *sink, void *owner)
{
    uint32_t index = 0;
    while (world->stale && plan_pop(world->stale, now, &index)) {
        struct turn turn = world_turn(world, index, now, sink, owner);
        int64_t due = due_at(world, index, now);
        bool opened = last_heard(world, &turn.record->state) < opened_at(world, turn.binding->plan, now);
        if (opened && turn.binding->plan->command.count > 0)
            begin_window(&turn);
        else if (due && due <= now)
            act(&turn);
        world_fresh_arm(world, index, now);
    }
}

int64_t world_fresh_due(const struct world *world)
{
    return world->stale ? plan_first(world->stale) : INT64_MAX;
}

void world_begin(struct world *world, int64_t now)
{
    world_issue_begin(world, now);
    world_review_begin(world, now);
    world->begun = now;
    if (world->started == 0)
        world->started = now;
    for (size_t i = 0; i < world->count; i++) {
        struct state *state = &world->records[i].state;
        if (!state->known && state->since == 0)
            state->since = now; /* it is waited for since then */
        world_fresh_arm(world, (uint32_t)i, now);
        if (world->model->bindings[i].plan->verify && !state->known)
            plan_set(world->stale, (uint32_t)i, now);
    }
}

void world_window_facts(const struct turn *turn, struct quiet_facts *facts)
{
    const struct check_plan *plan = turn->binding->plan;
    if (!plan->window)
        return;
    facts->closed =
        !window_inside(plan->window, rota_zone(turn->world->model, NULL, NULL), world_seconds(turn->now));
    facts->opened = !facts->closed && plan->command.count > 0 &&
                    turn->record->state.last_result < opened_at(turn->world, plan, turn->now);
    facts->opens = facts->closed ? opens_at(turn->world, plan, turn->now) : 0;
}
