/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running checks: what is due is submitted, an outcome becomes a result, a result a next due time. */
#include "scheduler/engine/engine_history.h"

#include "lib/memory.h"
#include "lib/plugin_output.h"
#include "lib/utf8.h"
#include "scheduler/core/macro.h"
#include "scheduler/core/result.h"

enum {
    OUTPUT_CAP = 64 * 1024, /* of a plugin; Nagios keeps 8 KB */
    KEPT_CAP = 4 * 1024,    /* of it, for pages and mails */
    BATCH_OF_STARTS = 256,  /* then the loop looks at its other work */
};

struct flight *flight_add(struct engine *engine, struct flight **list, int64_t index, int64_t due)
{
    struct flight *flight = memory_get(1, sizeof *flight);
    *flight = (struct flight){.next = *list, .link = list, .engine = engine, .index = index, .due = due};
    if (flight->next)
        flight->next->link = &flight->next;
    *list = flight;
    return flight;
}

void flight_remove(struct flight *flight)
{
    *flight->link = flight->next;
    if (flight->next)
        flight->next->link = flight->link;
    free(flight);
}

/* Outside its window a check has no due time: the world says when that begins. */
static bool is_scheduled(const struct engine *engine, uint32_t binding)
{
    return engine->model->bindings[binding].plan->command.count > 0 &&
           world_counts(engine->world, binding, loop_wall());
}

/* Identity of what is spread: HOST/CHECK. */
static int64_t first_run(const char *host, const char *name, int64_t every)
{
    struct text identity = TEXT_INIT;
    text_format(&identity, "%s/%s", host, name);
    int64_t due = plan_first_run(identity.bytes, loop_now(), every * 1000);
    text_release(&identity);
    return due;
}

/* A schedule is of civil time; engine_schedule_anew follows the clock. */
static int64_t scheduled(const struct engine *engine, const struct check_plan *plan)
{
    const struct zone *zone = zone_open(engine->model->site.timezone, NULL);
    int64_t wall = loop_wall();
    int64_t next = schedule_next(plan->schedule, zone, wall / 1000);
    return next == INT64_MAX ? INT64_MAX : loop_now() + (next * 1000 - wall) * 1000;
}

static int64_t first_due(const struct engine *engine, const struct binding *binding)
{
    return binding->plan->schedule
               ? scheduled(engine, binding->plan)
               : first_run(binding->host->name, binding->plan->name, binding->plan->every);
}

void engine_schedule_anew(struct engine *engine)
{
    for (size_t i = 0; i < engine->model->binding_count; i++) {
        const struct binding *binding = &engine->model->bindings[i];
        if (binding->plan->schedule && plan_due(engine->plan, (uint32_t)i) != INT64_MAX)
            plan_set(engine->plan, (uint32_t)i, scheduled(engine, binding->plan));
    }
    engine_arm(engine);
}

/* A slot that has a due time keeps it: a reload starts no storm. */
void engine_schedule_all(struct engine *engine)
{
    const struct model *model = engine->model;
    for (size_t i = 0; i < model->binding_count; i++) {
        const struct binding *binding = &model->bindings[i];
        bool due = plan_due(engine->plan, (uint32_t)i) != INT64_MAX;
        if (!is_scheduled(engine, (uint32_t)i))
            plan_clear(engine->plan, (uint32_t)i);
        else if (!due && !engine->slots[i].running)
            plan_set(engine->plan, (uint32_t)i, first_due(engine, binding));
    }
    for (size_t i = 0; i < model->collect_count; i++) {
        const struct collect_binding *collect = &model->collects[i];
        uint32_t slot = (uint32_t)(model->binding_count + i);
        if (collect->plan->when & 1U << collect->host->status)
            plan_set(engine->plan, slot,
                     first_run(collect->host->name, collect->plan->name, collect->plan->every));
    }
    engine_arm(engine);
}

void engine_arm(struct engine *engine)
{
    int64_t first = plan_first(engine->plan);
    int64_t world = world_due(engine->world);
    if (first != INT64_MAX)
        loop_timer_at(engine->due_timer, first);
    else
        loop_timer_stop(engine->due_timer);
    /* The world speaks civil time; its timers are few, so the distance is reckoned anew each time. A step of
     * the clock is noticed within a second: engine_watch_clock. */
    if (world != INT64_MAX)
        loop_timer_at(engine->world_timer, loop_now() + (world - loop_wall()) * 1000);
    else
        loop_timer_stop(engine->world_timer);
}

/* ---- results ---- */

static void answer_waiting(struct engine *engine, uint32_t binding)
{
    struct slot *slot = &engine->slots[binding];
    const struct state *state = world_state(engine->world, binding);
    while (slot->waiting) {
        struct waiting *waiting = slot->waiting;
        slot->waiting = waiting->next;
        control_reply(waiting->call,
                      json_pack("{s:s, s:s, s:s}", "state", verdict_name(state->verdict), "type",
                                state_type_name(state->type), "text", slot->output ? slot->output : ""));
        free(waiting);
    }
}

static void keep_output(struct slot *slot, const char *text, const char *long_text)
{
    struct text kept = TEXT_INIT;
    utf8_add(&kept, text, strnlen(text, KEPT_CAP));
    if (long_text && *long_text) {
        text_add_char(&kept, '\n');
        utf8_add(&kept, long_text, strnlen(long_text, KEPT_CAP));
    }
    if (!slot->output || strcmp(slot->output, kept.bytes) != 0) {
        free(slot->output);
        slot->output = memory_text_of(kept.bytes, kept.length);
    }
    text_release(&kept);
}

void engine_keep_text(struct engine *engine, uint32_t binding, const char *text)
{
    keep_output(&engine->slots[binding], text, NULL);
}

/* A batch is opened for every result; one that decides nothing costs no more than the call. */
static void take_result(struct engine *engine, uint32_t binding, const struct result *result)
{
    struct batch *batch = batch_open(engine);
    engine->results++;
    engine->slots[binding].dirty = true;
    struct history_result before = history_before(batch, binding, result);
    world_result(engine->world, binding, result, batch_now(batch), batch_decision, batch);
    history_after(batch, &before);
    batch_close(batch);
    answer_waiting(engine, binding);
}

void engine_take_output(struct engine *engine, uint32_t binding, const struct result *result,
                        const char *bytes, size_t length)
{
    struct plugin_output output;
    struct result complete = *result;
    plugin_output_parse(&output, bytes, length);
    keep_output(&engine->slots[binding], output.text, output.long_text);
    complete.text = engine->slots[binding].output;
    if (engine->model->bindings[binding].plan->store && output.item_count > 0)
        engine_store_output(engine, &engine->model->bindings[binding], &output, result->at);
    plugin_output_release(&output);
    take_result(engine, binding, &complete);
}

static enum result_kind kind_of(enum outcome_kind kind)
{
    static const enum result_kind kinds[] = {[OUTCOME_EXITED] = RESULT_EXITED,
                                             [OUTCOME_SIGNALLED] = RESULT_SIGNALLED,
                                             [OUTCOME_TIMEOUT] = RESULT_TIMEOUT,
                                             [OUTCOME_NOT_STARTED] = RESULT_NOT_STARTED,
                                             [OUTCOME_STUCK] = RESULT_STUCK};
    return kinds[kind];
}

static void set_next(struct engine *engine, uint32_t binding)
{
    const struct check_plan *plan = engine->model->bindings[binding].plan;
    struct slot *slot = &engine->slots[binding];
    int64_t now = loop_now();
    slot->running = false;
    if (!is_scheduled(engine, binding))
        return;
    if (slot->again)
        plan_set(engine->plan, binding, now);
    else if (state_retries(world_state(engine->world, binding)))
        plan_set(engine->plan, binding, now + plan->retry * 1000);
    else if (plan->schedule)
        plan_set(engine->plan, binding, scheduled(engine, plan));
    else
        plan_set(
            engine->plan, binding,
            plan_next_run(first_run(engine->model->bindings[binding].host->name, plan->name, plan->every),
                          now, plan->every * 1000));
    slot->again = false;
}

static void take_ending(struct engine *engine, uint32_t binding, const struct result_ending *ending)
{
    struct text text = TEXT_INIT;
    struct result result = {.at = loop_wall()};
    result.verdict = result_judge(&engine->model->bindings[binding].plan->outcomes, ending, &text);
    engine_take_output(engine, binding, &result, text.bytes, text.length);
    text_release(&text);
}

static void check_ended(void *owner, const struct outcome *outcome)
{
    struct flight *flight = owner;
    struct engine *engine = flight->engine;
    if (flight->index != MODEL_NONE) {
        uint32_t binding = (uint32_t)flight->index;
        struct result_ending ending = {.kind = kind_of(outcome->kind),
                                       .code = outcome->code,
                                       .timeout = engine->model->bindings[binding].plan->timeout,
                                       .output = outcome->output,
                                       .length = outcome->length,
                                       .truncated = outcome->truncated};
        take_ending(engine, binding, &ending);
        set_next(engine, binding);
        engine_arm(engine);
    }
    flight_remove(flight);
}

/* ---- starts ---- */

static void not_started(struct engine *engine, uint32_t binding, const char *sentence)
{
    struct result_ending ending = {
        .kind = RESULT_NOT_STARTED, .output = sentence, .length = strlen(sentence)};
    take_ending(engine, binding, &ending);
    set_next(engine, binding);
}

static void start(struct engine *engine, uint32_t binding, int64_t due)
{
    const struct binding *bound = &engine->model->bindings[binding];
    struct macro_source source = {.host = bound->host, .check = bound->plan->name};
    struct arena *arena = arena_create();
    struct words argv;
    struct error error = {""};
    engine->slots[binding].running = true;
    if (macro_expand_words(&bound->plan->command, &source, arena, &argv, &error)) {
        struct job job = {.argv = argv.items,
                          .env = (const char *const *)engine->job_env,
                          .timeout = bound->plan->timeout,
                          .output_cap = OUTPUT_CAP};
        runner_submit(engine->runner, &job, check_ended, flight_add(engine, &engine->flights, binding, due));
    } else {
        not_started(engine, binding, error.text);
    }
    arena_free(arena);
}

void engine_run_now(struct engine *engine, uint32_t binding)
{
    if (engine->slots[binding].running) {
        engine->slots[binding].again = true;
    } else {
        plan_clear(engine->plan, binding);
        start(engine, binding, loop_now());
        engine_arm(engine);
    }
}

/* What runs already is run once more: it may have begun before what it is to show. */
void engine_run_soon(struct engine *engine, uint32_t binding)
{
    if (engine->slots[binding].running)
        engine->slots[binding].again = true;
    else
        plan_set(engine->plan, binding, loop_now());
}

void engine_run_due(void *owner)
{
    struct engine *engine = owner;
    uint32_t slot;
    int64_t now = loop_now();
    for (int started = 0; started < BATCH_OF_STARTS; started++) {
        int64_t due = plan_first(engine->plan);
        if (!plan_pop(engine->plan, now, &slot))
            break;
        if (now - due > engine->loop_lag)
            engine->loop_lag = now - due;
        if (slot < engine->model->binding_count && is_scheduled(engine, slot))
            start(engine, slot, due);
        else if (slot >= engine->model->binding_count)
            engine_collect_run(engine, slot - (uint32_t)engine->model->binding_count, due);
    }
    engine_arm(engine);
}
