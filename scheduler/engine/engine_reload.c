/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A new generation of the configuration: noticed by its stamp, read on a thread, swapped in by identity. A
 * bad one is reported, and the running one goes on. */
#include "scheduler/engine/engine_deadman.h"
#include "scheduler/engine/engine_tracker.h"
#include "scheduler/engine/engine_tally.h"
#include "scheduler/engine/engine_history.h"

#include "lib/memory.h"
#include "scheduler/io/config.h"

enum {
    LOOK_EVERY = 1000000, /* us */
    UNREST_MOST = 30,     /* looks; then it is read although it still changes */
};

struct reading {
    struct engine *engine;
    uint64_t stamp, digest;
    struct model *model;
    struct findings findings;
};

static void read_on_thread(void *owner)
{
    struct reading *reading = owner;
    reading->digest = config_digest(reading->engine->settings.conf);
    reading->model = config_load(reading->engine->settings.conf, &reading->findings);
    if (reading->model) {
        config_gaps(reading->model, loop_wall() / 1000, true, &reading->findings);
        config_days(reading->model, loop_wall() / 1000, &reading->findings);
    }
}

/* What is kept of a check goes with its name. */
static void move_slots(struct engine *engine, const struct model *old, const struct model *new)
{
    struct slot *slots = memory_get(new->binding_count, sizeof *slots);
    struct plan *plan = plan_create(new->binding_count + new->collect_count);
    for (size_t i = 0; i < new->binding_count; i++) {
        const struct binding *binding = &new->bindings[i];
        int64_t was = model_binding(old, binding->host->name, binding->plan->name);
        if (was == MODEL_NONE)
            continue;
        slots[i] = engine->slots[was];
        engine->slots[was] = (struct slot){0};
        int64_t due = plan_due(engine->plan, (uint32_t)was);
        if (due != INT64_MAX && old->bindings[was].plan->every == binding->plan->every &&
            !binding->plan->schedule && !old->bindings[was].plan->schedule)
            plan_set(plan, (uint32_t)i, due);
    }
    plan_free(engine->plan);
    engine->plan = plan;
    struct slot *left = engine->slots;
    engine->slots = slots;
    for (size_t i = 0; i < old->binding_count; i++) {
        for (struct waiting *waiting = left[i].waiting, *next; waiting; waiting = next) {
            next = waiting->next;
            control_refuse(waiting->call, "the check is no longer configured");
            free(waiting);
        }
        free(left[i].output);
    }
    free(left);
}

static void move_flights(struct engine *engine, const struct model *old, const struct model *new)
{
    for (struct flight *flight = engine->flights; flight; flight = flight->next)
        if (flight->index != MODEL_NONE)
            flight->index = model_binding(new, old->bindings[flight->index].host->name,
                                          old->bindings[flight->index].plan->name);
    /* A collect has no state: the next run is the new generation's. */
    for (struct flight *flight = engine->collects; flight; flight = flight->next)
        flight->index = MODEL_NONE;
}

static void forget_gone(struct engine *engine, const struct model *old, const struct model *new)
{
    for (size_t i = 0; i < old->binding_count; i++) {
        const struct binding *binding = &old->bindings[i];
        if (model_binding(new, binding->host->name, binding->plan->name) != MODEL_NONE)
            continue;
        struct text key = TEXT_INIT;
        text_format(&key, "%s/%s", binding->host->name, binding->plan->name);
        struct entry entry = {.kind = ENTRY_FORGET, .at = loop_wall(), .key = key.bytes};
        if (world_state(engine->world, (uint32_t)i)->hard != VERDICT_OK)
            log_say(engine->settings.log, LOG_LEVEL_WARNING, "%s is no longer configured and had a problem",
                    key.bytes);
        journal_write(engine->journal, &entry, 1, NULL, NULL);
        text_release(&key);
    }
}

static void adopt(struct engine *engine, struct model *model, uint64_t digest)
{
    struct model *old = engine->model;
    engine_history_reload(engine, digest);
    journal_keep(engine->journal, model->site.journal_keep);
    forget_gone(engine, old, model);
    move_flights(engine, old, model);
    move_slots(engine, old, model);
    world_adopt(engine->world, model);
    world_begin(engine->world, engine->history.instant);
    engine->model = model;
    outbox_adopt(engine->outbox, model);
    tally_adopt(engine->tally, &model->site, engine->settings.log);
    deadman_adopt(engine->deadman);
    trackers_adopt(engine->trackers);
    engine->snapshot_next = 0;
    model_free(old);
    engine_schedule_all(engine);
    log_say(engine->settings.log, LOG_LEVEL_INFO, "the configuration was read anew: %zu hosts, %zu checks",
            model_machines(model), model->binding_count);
}

static void report(struct engine *engine, const struct findings *findings)
{
    free(engine->config_error);
    engine->config_error = NULL;
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        log_say(engine->settings.log, finding->warning ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR, "%s",
                finding->text);
        if (!finding->warning && !engine->config_error)
            engine->config_error = memory_text(finding->text);
    }
    if (findings->errors)
        log_say(engine->settings.log, LOG_LEVEL_ERROR,
                "the changed configuration is refused (%zu errors); the one before runs on",
                findings->errors);
}

/* What is read once at the start and lives in other processes or sockets. */
static bool needs_restart(const struct site *a, const struct site *b)
{
    return strcmp(a->state, b->state) != 0 || strcmp(a->listen, b->listen) != 0 ||
           !a->tls.certificate != !b->tls.certificate || a->runners != b->runners || a->warm != b->warm;
}

/* Absent files are empty ones, but when all hosts go at once a file system is not mounted, or a checkout is under
 * way: nobody stops watching everything by an edit. */
static bool refuse_nothing(struct engine *engine, const struct model *model)
{
    struct text sentence = TEXT_INIT;
    if (model->host_count > 0 || engine->model->host_count == 0)
        return false;
    text_format(&sentence, "the changed configuration has no host; the one before, of %zu hosts, runs on",
                engine->model->host_count);
    log_say(engine->settings.log, LOG_LEVEL_ERROR, "%s", sentence.bytes);
    free(engine->config_error);
    engine->config_error = text_take(&sentence);
    return true;
}

static void read_done(void *owner)
{
    struct reading *reading = owner;
    struct engine *engine = reading->engine;
    engine->loading = false;
    engine->stamp = reading->stamp;
    report(engine, &reading->findings);
    if (reading->model && refuse_nothing(engine, reading->model)) {
        model_free(reading->model);
    } else if (reading->model) {
        if (needs_restart(&engine->model->site, &reading->model->site))
            log_say(engine->settings.log, LOG_LEVEL_WARNING,
                    "changes of \"state\", \"listen\" and \"workers\", and \"tls\" where there was none or "
                    "will be "
                    "none, take effect at the next start");
        adopt(engine, reading->model, reading->digest);
    }
    findings_release(&reading->findings);
    free(reading);
}

/* Half of a file may be well-formed: a change is read when it has rested from one look to the next. */
static bool has_changed(struct engine *engine, uint64_t stamp)
{
    bool rests = stamp == engine->seen;
    engine->seen = stamp;
    engine->unrest = rests ? 0 : engine->unrest + 1;
    return stamp != engine->stamp && (rests || engine->unrest >= UNREST_MOST);
}

void engine_watch_config(void *owner)
{
    struct engine *engine = owner;
    uint64_t stamp = engine->loading ? engine->stamp : config_stamp(engine->settings.conf);
    if (has_changed(engine, stamp)) {
        struct reading *reading = memory_get(1, sizeof *reading);
        reading->engine = engine;
        reading->stamp = stamp;
        engine->loading = true;
        engine->unrest = 0;
        loop_work(engine->loop, read_on_thread, read_done, reading);
    }
    engine_watch_certificate(engine);
    engine_watch_clock(engine);
    engine_remedy_keep_helper(engine);
    loop_timer_at(engine->stamp_timer, loop_now() + LOOK_EVERY);
}
