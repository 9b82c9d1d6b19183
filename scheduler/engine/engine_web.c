/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the listener answers: whether the scheduler itself is well, and its counters. */
#include "scheduler/engine/engine_internal.h"

static void reply_health(const struct engine *engine, struct web_call *call)
{
    const char *trouble = engine_trouble(engine);
    bool fatal = journal_trouble(engine->journal) != NULL;
    json_t *health =
        json_pack("{s:s, s:I, s:I, s:I, s:I}", "status",
                  fatal     ? "failed"
                  : trouble ? "degraded"
                            : "ok",
                  "checks", (json_int_t)engine->model->binding_count, "results", (json_int_t)engine->results,
                  "alerts_waiting", (json_int_t)outbox_waiting(engine->outbox), "up_since",
                  (json_int_t)(engine->started / 1000));
    if (trouble)
        json_object_set_new(health, "reason", json_string(trouble));
    char *body = json_dumps(health, JSON_COMPACT);
    web_reply(call, fatal ? 503 : 200, "application/json", body, strlen(body));
    free(body);
    json_decref(health);
}

static void add_counter(struct text *text, const char *name, const char *type, const char *help, double value)
{
    text_format(text, "# HELP watchbill_%s %s\n# TYPE watchbill_%s %s\nwatchbill_%s %.17g\n", name, help,
                name, type, name, value);
}

static void reply_metrics(const struct engine *engine, struct web_call *call)
{
    struct text text = TEXT_INIT;
    struct runner_counts runs;
    struct series_counts series;
    runner_counts(engine->runner, &runs);
    series_counts(engine->series, &series);
    add_counter(&text, "checks", "gauge", "configured checks", (double)engine->model->binding_count);
    add_counter(&text, "results_total", "counter", "results taken", (double)engine->results);
    add_counter(&text, "runs_running", "gauge", "programs running now", (double)runs.running);
    add_counter(&text, "runs_waiting", "gauge", "programs waiting for a slot", (double)runs.waiting);
    add_counter(&text, "runs_stuck", "gauge", "programs that do not end by KILL", (double)runs.stuck);
    add_counter(&text, "samples_stored_total", "counter", "values stored", (double)series.stored);
    add_counter(&text, "samples_dropped_total", "counter", "values that did not fit the queue",
                (double)series.dropped);
    add_counter(&text, "samples_failed_total", "counter", "values that could not be stored",
                (double)series.failed);
    add_counter(&text, "alerts_waiting", "gauge", "alerts on their way",
                (double)outbox_waiting(engine->outbox));
    add_counter(&text, "schedule_lateness_max_seconds", "gauge", "worst lateness of a start",
                (double)engine->loop_lag / 1e6);
    web_reply(call, 200, "text/plain; version=0.0.4", text.bytes, text.length);
    text_release(&text);
}

void engine_web(void *owner, struct web_call *call, const char *method, const char *path)
{
    static const char not_found[] = "not found\n";
    static const char not_allowed[] = "only GET is answered here\n";
    struct engine *engine = owner;
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
        web_reply(call, 405, "text/plain", not_allowed, sizeof not_allowed - 1);
    else if (strcmp(path, "/healthz") == 0)
        reply_health(engine, call);
    else if (strcmp(path, "/metrics") == 0)
        reply_metrics(engine, call);
    else if (strcmp(path, "/") == 0)
        engine_page(engine, call);
    else
        web_reply(call, 404, "text/plain", not_found, sizeof not_found - 1);
}
