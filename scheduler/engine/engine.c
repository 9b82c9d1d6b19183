/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/engine/engine_alert.h"
#include "scheduler/engine/engine_history.h"
#include "scheduler/engine/engine_deadman.h"
#include "scheduler/engine/engine_tracker.h"
#include "scheduler/engine/engine_letter.h"
#include "scheduler/engine/engine_tally.h"

#include "lib/memory.h"

#include <errno.h>
#include <sys/stat.h>

static char *path_in(const struct engine *engine, const char *name)
{
    struct text path = TEXT_INIT;
    text_format(&path, "%s/%s", engine->model->site.state, name);
    return text_take(&path);
}

static bool make_folder(const char *path, mode_t mode, struct error *error)
{
    if (mkdir(path, mode) == 0 || errno == EEXIST)
        return true;
    return error_set(error, "%s: \"%s\"", strerror(errno), path);
}

/* A check's environment: nothing of ours but where it keeps its samples. */
static bool make_job_env(struct engine *engine, struct error *error)
{
    char *plugins = path_in(engine, "plugins");
    struct text state = TEXT_INIT;
    text_format(&state, "WATCHBILL_STATE=%s", plugins);
    engine->job_env = memory_get(4, sizeof(char *));
    engine->job_env[0] = memory_text("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    engine->job_env[1] = memory_text("LC_ALL=C");
    engine->job_env[2] = text_take(&state);
    bool made = make_folder(plugins, 0750, error);
    free(plugins);
    return made;
}

static bool open_journal(struct engine *engine, struct error *error)
{
    char *path = path_in(engine, "journal.db");
    engine->journal = journal_open(engine->loop, path, error);
    free(path);
    return engine->journal != NULL;
}

static bool open_seal(struct engine *engine, struct error *error)
{
    char *path = path_in(engine, "links.key");
    engine->seal = seal_open(path, error);
    free(path);
    return engine->seal != NULL;
}

static bool open_runner(struct engine *engine, struct error *error)
{
    const struct layout *layout = engine->settings.layout;
    const struct site *site = &engine->model->site;
    struct runner_settings settings = {.libexec = layout->libexec,
                                       .bin = layout->bin,
                                       .checks = layout->checks,
                                       .directory = site->directory,
                                       .runners = (size_t)site->runners,
                                       .warm = (size_t)site->warm};
    engine->runner = runner_create(engine->loop, &settings, error);
    return engine->runner != NULL;
}

static bool open_series(struct engine *engine, struct error *error)
{
    struct series_settings settings = {.libexec = engine->settings.layout->libexec,
                                       .directory = engine->rrd,
                                       .rrdcached = engine->model->site.rrdcached};
    engine->series = series_create(engine->loop, &settings, error);
    return engine->series != NULL;
}

static bool open_control(struct engine *engine, struct error *error)
{
    char *path = path_in(engine, "control.sock");
    engine->control = control_open(engine->loop, path, engine_control, engine, error);
    free(path);
    return engine->control != NULL;
}

static void refresh_alert(void *owner, json_t *alert)
{
    const struct engine *engine = owner;
    alert_refresh(alert, &engine->model->site);
}

static void prepare_alert(void *owner, json_t *alert, void (*ready)(void *parcel), void *parcel)
{
    letter_prepare(owner, alert, ready, parcel);
}

static void report_channel(void *owner, const char *name, bool works, const char *reason,
                           const char *const *users, size_t count)
{
    struct engine *engine = owner;
    enum channel channel;
    if (engine->ending)
        return;
    struct batch *batch = batch_open(engine);
    uint64_t before = world_site_changes(engine->world);
    if (channel_read(name, &channel))
        world_channel(engine->world, channel, works, reason, users, count, batch_now(batch), batch_decision,
                      batch);
    if (world_site_changes(engine->world) != before)
        history_channel(batch, name, works, reason, users, count);
    batch_close(batch);
}

static bool open_outbox(struct engine *engine, struct error *error)
{
    struct outbox_settings settings = {.loop = engine->loop,
                                       .runner = engine->runner,
                                       .journal = engine->journal,
                                       .log = engine->settings.log,
                                       .channels = engine->settings.layout->channels,
                                       .prepare = prepare_alert,
                                       .refresh = refresh_alert,
                                       .report = report_channel,
                                       .owner = engine};
    (void)error;
    engine->outbox = outbox_create(&settings);
    return true;
}

/* ---- what was known before ---- */

static void restore_state(struct engine *engine, const char *name, const json_t *saved)
{
    struct error error = {""};
    int64_t binding = model_binding_named(engine->model, name);
    const char *output = json_string_value(json_object_get(saved, "output"));
    if (binding == MODEL_NONE)
        return; /* no longer configured; it may come back with the next edit */
    if (!world_load(engine->world, (uint32_t)binding, json_object_get(saved, "world"), &error)) {
        log_say(engine->settings.log, LOG_LEVEL_WARNING, "the saved state of \"%s\" is not read: %s", name,
                error.text);
        return;
    }
    engine->slots[binding].output = memory_text(output);
}

static void restore_site(struct engine *engine, const json_t *saved)
{
    struct error error = {""};
    if (!world_load_site(engine->world, saved, &error))
        log_say(engine->settings.log, LOG_LEVEL_WARNING, "the saved state of the site: %s", error.text);
    engine->site_saved = world_site_changes(engine->world);
}

/* Its parts, as one object. */
static json_t *saved_site(struct engine *engine)
{
    json_t *site = json_object();
    for (size_t i = 0; world_part_name(i); i++) {
        char *key = engine_part_key(world_part_name(i));
        json_t *part = journal_setting(engine->journal, key);
        if (part)
            json_object_set_new(site, world_part_name(i), part);
        free(key);
    }
    return site;
}

static bool restore(struct engine *engine, struct error *error)
{
    const char *name;
    json_t *saved;
    size_t index;
    json_t *states = journal_states(engine->journal);
    json_t *outbox = journal_outbox(engine->journal);
    json_t *site = saved_site(engine);
    json_object_foreach(states, name, saved)
        restore_state(engine, name, saved);
    restore_site(engine, site);
    engine->clock = loop_wall() - loop_now() / 1000;
    engine->history.instant = loop_wall();
    world_clock_set(engine->world, 0, engine->history.instant);
    world_begin(engine->world, engine->history.instant);
    json_array_foreach(outbox, index, saved)
        outbox_add(engine->outbox, json_object_get(saved, "data"));
    json_decref(site);
    json_decref(outbox);
    json_decref(states);
    return engine_remedy_recall(engine, error);
}

static bool start_history(struct engine *engine, struct error *error)
{
    (void)error;
    journal_keep(engine->journal, engine->model->site.journal_keep);
    engine_history_start(engine);
    return true;
}

static bool start_timers(struct engine *engine, struct error *error)
{
    (void)error;
    int64_t now = loop_now();
    engine->due_timer = loop_timer_add(engine->loop, engine_run_due, engine);
    engine->world_timer = loop_timer_add(engine->loop, engine_tick, engine);
    engine->snapshot_timer = loop_timer_add(engine->loop, engine_snapshot, engine);
    engine->stamp_timer = loop_timer_add(engine->loop, engine_watch_config, engine);
    deadman_adopt(engine->deadman);
    engine->trackers = trackers_create(engine);
    engine->plan = plan_create(engine->model->binding_count + engine->model->collect_count);
    loop_timer_at(engine->snapshot_timer, now + 10 * INT64_C(1000000));
    loop_timer_at(engine->stamp_timer, now + INT64_C(1000000));
    engine_schedule_all(engine);
    return true;
}

struct engine *engine_create(struct loop *loop, const struct engine_settings *settings, struct error *error)
{
    static bool (*const steps[])(struct engine * engine, struct error * error) = {
        make_job_env, open_seal,     open_journal, open_runner,  open_series,   open_outbox,
        open_control, engine_listen, restore,      start_timers, start_history,
    };
    struct engine *engine = memory_get(1, sizeof *engine);
    engine->loop = loop;
    engine->settings = *settings;
    engine->model = settings->model;
    engine->stamp = settings->stamp;
    engine->helper = settings->helper;
    engine->started = loop_wall();
    engine->world = world_create(engine->model);
    engine->tally = tally_create();
    engine->deadman = deadman_create(engine);
    tally_adopt(engine->tally, &engine->model->site, settings->log);
    engine->slots = memory_get(engine->model->binding_count, sizeof *engine->slots);
    engine->ledger = path_in(engine, "ledger.jsonl");
    engine->rrd = path_in(engine, "rrd");
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (!steps[i](engine, error)) {
            engine_free(engine);
            return NULL;
        }
    }
    return engine;
}

static void save_all(struct engine *engine)
{
    for (size_t i = 0; engine->journal && i < engine->model->binding_count; i++)
        if (engine->slots[i].dirty)
            engine_save_binding(engine, (uint32_t)i);
}

static void free_slots(struct engine *engine)
{
    for (size_t i = 0; i < engine->model->binding_count; i++) {
        for (struct waiting *waiting = engine->slots[i].waiting, *next; waiting; waiting = next) {
            next = waiting->next;
            control_refuse(waiting->call, "the scheduler ends");
            free(waiting);
        }
        free(engine->slots[i].output);
    }
    free(engine->slots);
}

/* What still flies would answer into a freed engine: the runner is freed first and drops it. */
void engine_free(struct engine *engine)
{
    if (!engine)
        return;
    engine->ending = true;
    web_close(engine->web);
    runner_free(engine->runner);
    helper_free(engine->helper);
    engine_remedy_close(engine);
    series_free(engine->series);
    save_all(engine);
    if (engine->journal)
        engine_history_end(engine);
    journal_close(engine->journal);
    letter_free_all(engine);
    outbox_free(engine->outbox);
    free_slots(engine);
    engine_remediate_close(engine);
    control_close(engine->control);
    while (engine->flights)
        flight_remove(engine->flights);
    while (engine->collects)
        flight_remove(engine->collects);
    loop_timer_remove(engine->due_timer);
    loop_timer_remove(engine->world_timer);
    loop_timer_remove(engine->snapshot_timer);
    loop_timer_remove(engine->stamp_timer);
    plan_free(engine->plan);
    seal_free(engine->seal);
    tally_free(engine->tally);
    deadman_free(engine->deadman);
    trackers_free(engine->trackers);
    tokens_free(engine->tokens);
    world_free(engine->world);
    model_free(engine->model);
    for (size_t i = 0; engine->job_env && engine->job_env[i]; i++)
        free(engine->job_env[i]);
    free(engine->job_env);
    free(engine->config_error);
    free(engine->trouble);
    free(engine->tls_error);
    free(engine->ledger);
    free(engine->rrd);
    free(engine);
}

bool engine_is_tls(const struct engine *engine)
{
    return web_is_tls(engine->web);
}

unsigned engine_port(const struct engine *engine)
{
    return web_port(engine->web);
}
