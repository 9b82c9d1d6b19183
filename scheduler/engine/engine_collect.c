/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Collects: a program prints a dictionary as JSON, and the keys that the configuration names are stored,
 * without a verdict: whether anyone is alerted is another matter. */
#include "scheduler/engine/engine_internal.h"

#include "lib/number.h"
#include "scheduler/core/macro.h"

#include <math.h>

enum { OUTPUT_CAP = 1024 * 1024 };

/* collect_NAME prints {"metrics":[{"name","instance","value"}]}: there a path is [INSTANCE, NAME] or [NAME].
 */
static const json_t *metric_at(const json_t *metrics, const struct words *path)
{
    const char *name = path->items[path->count - 1];
    const char *instance = path->count > 1 ? path->items[0] : NULL;
    size_t index;
    const json_t *metric;
    json_array_foreach(metrics, index, metric) {
        const char *its_name = json_string_value(json_object_get(metric, "name"));
        const char *its_instance = json_string_value(json_object_get(metric, "instance"));
        bool same = instance ? its_instance && strcmp(instance, its_instance) == 0 : !its_instance;
        if (its_name && same && strcmp(its_name, name) == 0)
            return json_object_get(metric, "value");
    }
    return NULL;
}

static const json_t *value_at(const json_t *dictionary, const struct words *path)
{
    const json_t *metrics = json_object_get(dictionary, "metrics");
    const json_t *found = dictionary;
    for (size_t i = 0; i < path->count && found; i++)
        found = json_object_get(found, path->items[i]);
    if (!found && json_is_array(metrics) && path->count > 0 && path->count <= 2)
        found = metric_at(metrics, path);
    return found;
}

static double number_of(const json_t *value)
{
    double number = (double)NAN;
    if (json_is_number(value))
        number = json_number_value(value);
    else if (json_is_string(value))
        (void)number_read(json_string_value(value), true, &number);
    return number;
}

static void store(struct engine *engine, const struct collect_binding *collect, const json_t *dictionary)
{
    const struct collect_plan *plan = collect->plan;
    int64_t at = loop_wall();
    for (size_t i = 0; i < plan->key_count; i++) {
        const struct collect_key *key = &plan->keys[i];
        bool counts = strcmp(key->type, "DERIVE") == 0 || strcmp(key->type, "COUNTER") == 0;
        int64_t step = plan->store_every ? plan->store_every : engine->model->site.rrd_step;
        struct sample sample = {.host = collect->host->name,
                                .check = plan->name,
                                .label = key->label,
                                .type = key->type,
                                .min = counts ? 0 : (double)NAN,
                                .max = (double)NAN,
                                .step = step,
                                .heartbeat = 2 * (plan->every > step ? plan->every : step),
                                .archives = model_archives(engine->model, collect->host->name, plan->name),
                                .at = at,
                                .value = number_of(value_at(dictionary, &key->path))};
        series_store(engine->series, &sample);
    }
}

static void complain(const struct engine *engine, const struct collect_binding *collect, const char *sentence)
{
    log_say(engine->settings.log, LOG_LEVEL_WARNING, "collect %s/%s stored nothing: %s", collect->host->name,
            collect->plan->name, sentence);
}

static void take(struct engine *engine, const struct collect_binding *collect, const struct outcome *outcome)
{
    json_error_t error;
    struct text sentence = TEXT_INIT;
    json_t *dictionary = NULL;
    if (outcome->kind != OUTCOME_EXITED || outcome->code != 0)
        text_format(&sentence, "the program %s %d",
                    outcome->kind == OUTCOME_EXITED    ? "ended with"
                    : outcome->kind == OUTCOME_TIMEOUT ? "did not end in time,"
                                                       : "failed with",
                    outcome->code);
    else if (outcome->truncated)
        text_add(&sentence, "more than 1 MB of output");
    else if (!(dictionary = json_loadb(outcome->output, outcome->length, JSON_REJECT_DUPLICATES, &error)))
        text_format(&sentence, "no JSON: %s at line %d", error.text, error.line);
    if (dictionary)
        store(engine, collect, dictionary);
    else
        complain(engine, collect, sentence.bytes);
    json_decref(dictionary);
    text_release(&sentence);
}

static void collect_ended(void *owner, const struct outcome *outcome)
{
    struct flight *flight = owner;
    struct engine *engine = flight->engine;
    if (flight->index != MODEL_NONE) {
        const struct collect_binding *collect = &engine->model->collects[flight->index];
        uint32_t slot = (uint32_t)(engine->model->binding_count + (size_t)flight->index);
        take(engine, collect, outcome);
        plan_set(engine->plan, slot, plan_next_run(flight->due, loop_now(), collect->plan->every * 1000));
        engine_arm(engine);
    }
    flight_remove(flight);
}

void engine_collect_run(struct engine *engine, uint32_t index, int64_t due)
{
    const struct collect_binding *collect = &engine->model->collects[index];
    struct macro_source source = {.host = collect->host, .check = collect->plan->name};
    struct arena *arena = arena_create();
    struct words argv;
    struct error error = {""};
    if (macro_expand_words(&collect->plan->command, &source, arena, &argv, &error)) {
        struct job job = {.argv = argv.items,
                          .env = (const char *const *)engine->job_env,
                          .timeout = collect->plan->timeout,
                          .output_cap = OUTPUT_CAP};
        runner_submit(engine->runner, &job, collect_ended, flight_add(engine, &engine->collects, index, due));
    } else {
        complain(engine, collect, error.text);
        plan_set(engine->plan, (uint32_t)(engine->model->binding_count + index),
                 plan_next_run(due, loop_now(), collect->plan->every * 1000));
    }
    arena_free(arena);
}
