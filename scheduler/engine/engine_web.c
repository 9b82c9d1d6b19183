/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the listener answers: whether the scheduler itself is well, its counters, below /api/v1/ what the control socket
 * answers too, and the same as pages. */
#include "scheduler/engine/engine_page.h"
#include "scheduler/engine/engine_tally.h"

#include "lib/number.h"
#include "lib/utf8.h"

static void send_json(struct web_call *call, unsigned status, json_t *document)
{
    char *body = json_dumps(document, JSON_COMPACT);
    web_reply(call, status, "application/json", body, strlen(body));
    free(body);
    json_decref(document);
}

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
    send_json(call, fatal ? 503 : 200, health);
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
    add_counter(&text, "problems_total", "counter", "problems opened since the start",
                (double)engine->noise.problems);
    add_counter(&text, "problems_acknowledged_total", "counter", "acknowledgements",
                (double)engine->noise.acknowledged);
    add_counter(&text, "problems_ended_alone_total", "counter",
                "problems that ended within five minutes, acknowledged by nobody",
                (double)engine->noise.alone);
    add_counter(&text, "flapping_total", "counter", "checks that began to flap", (double)engine->noise.flaps);
    tally_write(engine->tally, &text);
    web_reply(call, 200, "text/plain; version=0.0.4", text.bytes, text.length);
    text_release(&text);
}

/* ---- /api/v1/ ---- */

static void send_reply(void *call, json_t *reply)
{
    send_json(call, 200, reply);
}

static void send_refusal(void *call, const char *sentence)
{
    struct text text = TEXT_INIT; /* what was asked for may be any bytes */
    utf8_add(&text, sentence, strlen(sentence));
    send_json(call, 404, json_pack("{s:s}", "error", text.bytes));
    text_release(&text);
}

/* What is asked for: what stands behind the resource's name, and the arguments. */
struct asked {
    const char *rest;
    int64_t limit; /* 0: the usual one */
    const struct web_call *call;
};

static void get_status(struct engine *engine, const struct door *door, const struct asked *asked)
{
    answer_status(engine, door, web_argument(asked->call, "match"));
}

static void get_overview(struct engine *engine, const struct door *door, const struct asked *asked)
{
    answer_overview(engine, door, web_argument(asked->call, "part"), asked->limit);
}

static void get_check(struct engine *engine, const struct door *door, const struct asked *asked)
{
    int64_t found = model_binding_named(engine->model, asked->rest);
    if (found == MODEL_NONE)
        door_refuse(door, "no such check: \"%s\"", asked->rest);
    else
        answer_why(engine, door, (uint32_t)found, &(struct why_span){.limit = asked->limit});
}

static void get_alerts(struct engine *engine, const struct door *door, const struct asked *asked)
{
    answer_alerts(engine, door, asked->limit);
}

static void get_events(struct engine *engine, const struct door *door, const struct asked *asked)
{
    answer_events(engine, door, asked->limit);
}

static void get_runs(struct engine *engine, const struct door *door, const struct asked *asked)
{
    answer_runs(engine, door, asked->rest, asked->limit);
}

static void get_diagnostics(struct engine *engine, const struct door *door, const struct asked *asked)
{
    answer_diagnostics(engine, door, asked->rest);
}

/* A name that ends with a slash has more behind it. */
static const struct resource {
    const char *name;
    void (*get)(struct engine *engine, const struct door *door, const struct asked *asked);
    void (*whole)(struct engine *engine, const struct door *door); /* instead: nothing more can be asked */
    page_show *show; /* the page of the same name; NULL: there is none */
    bool guarded;    /* even on loopback a token is needed: root gathered it */
} resources[] = {
    {"alerts", .get = get_alerts},
    {"checks/", .get = get_check, .show = page_check},
    {"comments", .whole = answer_comments},
    {"diagnostics/", .get = get_diagnostics, .show = page_diagnostics, .guarded = true},
    {"downtimes", .whole = answer_downtimes},
    {"events", .get = get_events},
    {"hosts", .whole = answer_hosts},
    {"oncall", .whole = answer_oncall, .show = page_oncall},
    {"overview", .get = get_overview, .show = page_overview},
    {"remediations", .whole = answer_remediations, .show = page_remediations},
    {"remediations/", .get = get_runs, .show = page_runs},
    {"silences", .whole = answer_silences},
    {"status", .get = get_status},
};

static const struct resource *resource_of(const char *path, const char **rest)
{
    for (size_t i = 0; i < sizeof resources / sizeof resources[0]; i++) {
        size_t length = strlen(resources[i].name);
        bool open = resources[i].name[length - 1] == '/';
        *rest = path + length;
        if (strncmp(path, resources[i].name, length) == 0 && (open || path[length] == '\0'))
            return &resources[i];
    }
    return NULL;
}

/* What a path below ${top} asks for; NULL: it is not below. */
static const char *below(const char *path, const char *top)
{
    size_t length = strlen(top);
    return strncmp(path, top, length) == 0 ? path + length : NULL;
}

bool engine_web_is_guarded(const char *path)
{
    const char *rest, *asked = below(path, ENGINE_API);
    const struct resource *resource = resource_of(asked ? asked : path + 1, &rest);
    return resource && resource->guarded;
}

bool engine_web_is_page(const char *path)
{
    const char *rest;
    const struct resource *resource = resource_of(path + 1, &rest);
    return strcmp(path, "/") == 0 || (resource && resource->show);
}

static bool read_limit(const struct web_call *call, int64_t *limit)
{
    const char *given = web_argument(call, "limit");
    *limit = 0;
    return !given || number_read_whole(given, 1, INT32_MAX, limit);
}

static void reply_resource(struct engine *engine, const struct door *door, const struct resource *resource,
                           const struct asked *asked)
{
    if (resource->whole)
        resource->whole(engine, door);
    else
        resource->get(engine, door, asked);
}

static void reply_api(struct engine *engine, struct web_call *call, const char *path)
{
    const struct door door = {.call = call, .reply = send_reply, .refuse = send_refusal};
    struct asked asked = {.call = call};
    const struct resource *resource = resource_of(path, &asked.rest);
    if (!read_limit(call, &asked.limit))
        send_json(call, 400, json_pack("{s:s}", "error", "the limit is not a number from 1 on"));
    else if (resource)
        reply_resource(engine, &door, resource, &asked);
    else
        door_refuse(&door, "no such resource: \"%s\"", path);
}

/* ---- pages ---- */

static void reply_page(struct engine *engine, struct web_call *call, const char *path)
{
    struct asked asked = {.call = call};
    const struct resource *resource = resource_of(*path ? path : "overview", &asked.rest);
    bool shown = resource && resource->show;
    const struct door door = engine_page_door(engine, call, shown ? resource->show : page_refusal);
    if (!read_limit(call, &asked.limit))
        door_refuse(&door, "The limit is not a number from 1 on.");
    else if (shown)
        reply_resource(engine, &door, resource, &asked);
    else
        door_refuse(&door, "There is no page \"/%s\".", path);
}

static void refuse_method(struct web_call *call)
{
    static const char not_allowed[] = "only GET is answered here\n";
    web_reply(call, 405, "text/plain", not_allowed, sizeof not_allowed - 1);
}

void engine_web(void *owner, struct web_call *call, const char *method, const char *path)
{
    struct engine *engine = owner;
    const char *resource = below(path, ENGINE_API), *picture = below(path, "/graph/");
    const char *hook = below(path, ENGINE_HOOKS);
    bool get = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    bool post = strcmp(method, "POST") == 0;
    if (engine_is_link(path) && (get || post))
        engine_acknowledge(engine, call, post);
    else if (resource && post)
        engine_post(engine, call, resource);
    else if (hook && post)
        engine_hook(engine, call, hook);
    else if (!get)
        refuse_method(call);
    else if (strcmp(path, "/healthz") == 0)
        reply_health(engine, call);
    else if (strcmp(path, "/metrics") == 0)
        reply_metrics(engine, call);
    else if (resource)
        reply_api(engine, call, resource);
    else if (picture)
        engine_picture(engine, call, picture);
    else
        reply_page(engine, call, path + 1);
}
