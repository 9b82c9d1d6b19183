/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/engine/engine_answer.h"

#include "lib/json.h"
#include "lib/ledger.h"
#include "lib/memory.h"
#include "scheduler/core/notice.h"
#include "scheduler/core/rota_json.h"

#include <inttypes.h>
#include <unistd.h>

enum { LIST_ROWS = 50, OVERVIEW_ROWS = 500 }; /* unless another limit is given */

void door_refuse(const struct door *door, const char *format, ...)
{
    struct text text = TEXT_INIT;
    va_list arguments;
    va_start(arguments, format);
    text_format_list(&text, format, arguments);
    va_end(arguments);
    door->refuse(door->call, text.bytes);
    text_release(&text);
}

static void set_text(json_t *object, const char *key, const char *value)
{
    json_object_set_new(object, key, value ? json_string(value) : json_null());
}

void answer_bundle(const struct engine *engine, const char *run, struct text *path)
{
    text_format(path, "%s/diagnostics/%s", engine->model->site.state, run);
    if (access(path->bytes, F_OK) != 0)
        text_clear(path);
}

static void add_standing(struct text *text, const struct engine *engine, uint32_t index,
                         const struct remedy_standing *standing)
{
    struct text run = TEXT_INIT, bundle = TEXT_INIT;
    text_format(text, "%s%s: %s", text->length > 0 ? "; " : "", standing->remediation, standing->phrase);
    if (standing->next > 0) {
        text_add(text, ", until ");
        notice_time(text, zone_open(engine->model->site.timezone, NULL), standing->next);
    }
    if (standing->did)
        text_format(text, ": %s", standing->did);
    text_format(&run, "p%" PRIu64 "-%s-%u", world_state(engine->world, index)->problem, standing->remediation,
                standing->runs);
    answer_bundle(engine, run.bytes, &bundle);
    if (bundle.length > 0)
        text_format(text, "; diagnostics: %s", bundle.bytes);
    text_release(&bundle);
    text_release(&run);
}

/* What each remediation does for the problem, "clean-spool: waits for self-recovery, until TIME", and where the diagnostics
 * of its last run are; null when there is none. */
static json_t *remedy(const struct engine *engine, uint32_t index)
{
    struct remedy_standing standing;
    struct text text = TEXT_INIT;
    for (size_t at = 0; world_remedy(engine->world, index, &at, &standing);)
        add_standing(&text, engine, index, &standing);
    json_t *told = text.length > 0 ? json_string(text.bytes) : json_null();
    text_release(&text);
    return told;
}

json_t *answer_status_of(const struct engine *engine, uint32_t index)
{
    const struct binding *binding = &engine->model->bindings[index];
    const struct state *state = world_state(engine->world, index);
    const char *output = engine->slots[index].output;
    const char *author = NULL;
    int64_t until, since;
    int64_t due = plan_due(engine->plan, index);
    struct text subject = TEXT_INIT;
    text_format(&subject, "%s/%s", binding->host->name, binding->plan->name);
    json_t *row =
        json_pack("{s:s, s:s, s:s, s:i, s:i, s:I, s:I, s:b, s:I}", "subject", subject.bytes, "state",
                  state->known ? model_state_name(binding->plan, state->verdict) : "PENDING", "type",
                  state_type_name(state->type), "attempt", state->attempt, "attempts",
                  binding->plan->attempts, "since", (json_int_t)(state->since / 1000), "problem",
                  (json_int_t)(state->hard != VERDICT_OK ? state->problem : 0), "flapping",
                  (int)state->flapping, "last", (json_int_t)(state->last_result / 1000));
    json_object_set_new(row, "text", json_string(output ? output : ""));
    bool acknowledged = world_acknowledged(engine->world, index, &author, &until);
    set_text(row, "acknowledged", author);
    if (acknowledged && until)
        json_set(row, "acknowledged_until", json_integer(until / 1000));
    set_text(row, "host_state", host_state_name(world_host_state(engine->world, binding->host, &since)));
    json_object_set_new(row, "next",
                        due == INT64_MAX ? json_null()
                                         : json_integer((loop_wall() + (due - loop_now()) / 1000) / 1000));
    json_object_set_new(row, "remediation", remedy(engine, index));
    struct redundancy redundancy;
    if (world_redundancy(engine->world, index, &redundancy))
        json_object_set_new(row, "redundancy",
                            json_pack("{s:I, s:I, s:b}", "serving", (json_int_t)redundancy.serving, "hosts",
                                      (json_int_t)redundancy.hosts, "spare", (int)redundancy.spare));
    engine_calm_row(engine, index, row);
    text_release(&subject);
    return row;
}

/* The bindings of one host stand together, because they are sorted by host. */
static bool matches(const struct binding *binding, const char *match)
{
    if (!match)
        return true;
    size_t length = strlen(binding->host->name);
    if (strncmp(match, binding->host->name, length) != 0)
        return false;
    return match[length] == '\0' ||
           (match[length] == '/' && strcmp(match + length + 1, binding->plan->name) == 0);
}

void answer_status(struct engine *engine, const struct door *door, const char *match)
{
    json_t *checks = json_array();
    for (size_t i = 0; i < engine->model->binding_count; i++)
        if (matches(&engine->model->bindings[i], match))
            json_array_append_new(checks, answer_status_of(engine, (uint32_t)i));
    if (match && json_array_size(checks) == 0) {
        json_decref(checks);
        door_refuse(door, "no such host or check: \"%s\"", match);
    } else {
        json_t *reply = json_pack("{s:o}", "checks", checks);
        if (engine_trouble(engine))
            json_object_set_new(reply, "trouble", json_string(engine_trouble(engine)));
        door->reply(door->call, reply);
    }
}

/* ---- the worst first ---- */

static int rank_of(const struct engine *engine, uint32_t index)
{
    const struct state *state = world_state(engine->world, index);
    return state->known ? verdict_rank(state->verdict) : 0;
}

/* Whether ${part} is in HOST/CHECK. */
static bool holds(const struct engine *engine, uint32_t index, const char *part)
{
    const struct binding *binding = &engine->model->bindings[index];
    struct text subject = TEXT_INIT;
    text_format(&subject, "%s/%s", binding->host->name, binding->plan->name);
    bool found = strstr(subject.bytes, part) != NULL;
    text_release(&subject);
    return found;
}

static void count_state(const struct engine *engine, uint32_t index, json_t *counts)
{
    const struct state *state = world_state(engine->world, index);
    const struct check_plan *plan = engine->model->bindings[index].plan;
    const char *name = state->known ? model_state_name(plan, state->verdict) : "PENDING";
    json_set(counts, name, json_integer(1 + json_integer_value(json_object_get(counts, name))));
}

void answer_overview(struct engine *engine, const struct door *door, const char *part, int64_t limit)
{
    size_t most = limit ? (size_t)limit : OVERVIEW_ROWS;
    json_int_t total = 0;
    json_t *checks = json_array(), *counts = json_object();
    for (int rank = verdict_rank(VERDICT_CRITICAL); rank >= 0; rank--)
        for (uint32_t i = 0; i < engine->model->binding_count; i++) {
            if (rank_of(engine, i) != rank || (part && !holds(engine, i, part)))
                continue;
            total++;
            count_state(engine, i, counts);
            if (json_array_size(checks) < most)
                json_add(checks, answer_status_of(engine, i));
        }
    json_t *reply = json_pack("{s:o, s:o, s:I}", "counts", counts, "checks", checks, "total", total);
    const char *trouble = engine_trouble(engine);
    if (part)
        json_set(reply, "part", ledger_text(part, strlen(part)));
    if (engine->config_error)
        json_set(reply, "config_error", json_string(engine->config_error));
    if (trouble && trouble != engine->config_error)
        json_set(reply, "trouble", json_string(trouble));
    door->reply(door->call, reply);
}

/* ---- questions to the journal ---- */

struct question {
    struct door door;
    const char *key; /* of the reply */
    json_t *(*row)(const json_t *row);
    json_t *more; /* further members of the reply; NULL: none */
};

static void answered(void *owner, const json_t *rows)
{
    struct question *question = owner;
    json_t *found = json_array();
    size_t index;
    const json_t *row;
    json_array_foreach(rows, index, row)
        json_array_append_new(found, question->row(row));
    json_t *reply = question->more ? question->more : json_object();
    json_object_set_new(reply, question->key, found);
    question->door.reply(question->door.call, reply);
    free(question);
}

static void ask(struct engine *engine, const struct door *door, enum query_kind kind, json_t *filter,
                const char *key, json_t *(*row)(const json_t *row), json_t *more)
{
    struct question *question = memory_get(1, sizeof *question);
    *question = (struct question){.door = *door, .key = key, .row = row, .more = more};
    journal_query(engine->journal, kind, filter, answered, question);
    json_decref(filter);
}

static const char *text_in(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static json_t *alert_row(const json_t *row)
{
    const json_t *data = json_object_get(row, "data");
    json_t *told = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "at",
                             (json_int_t)(json_integer_value(json_object_get(row, "at")) / 1000), "kind",
                             text_in(data, "kind"), "to", text_in(data, "user"), "contact",
                             text_in(data, "contact"), "subject", text_in(row, "subject"), "name",
                             text_in(row, "name"), "state", text_in(data, "state"), "problem",
                             (json_int_t)json_integer_value(json_object_get(data, "problem")));
    const char *result = text_in(row, "result");
    json_object_set_new(told, "result", json_string(*result ? result : "waiting"));
    set_text(told, "id", text_in(data, "id"));
    return told;
}

void answer_alerts(struct engine *engine, const struct door *door, int64_t limit)
{
    json_t *filter = json_pack("{s:I}", "limit", (json_int_t)(limit ? limit : LIST_ROWS));
    ask(engine, door, QUERY_ALERTS, filter, "alerts", alert_row, NULL);
}

static json_t *event_row(const json_t *row)
{
    json_t *copy = json_deep_copy(row);
    json_object_set_new(copy, "at", json_integer(json_integer_value(json_object_get(row, "at")) / 1000));
    return copy;
}

void answer_events(struct engine *engine, const struct door *door, int64_t limit)
{
    json_t *filter = json_pack("{s:I}", "limit", (json_int_t)(limit ? limit : LIST_ROWS));
    ask(engine, door, QUERY_EVENTS, filter, "events", event_row, NULL);
}

struct history_question {
    struct engine *engine;
    struct door door;
    json_t *filter;
};

static json_t *history_row(const json_t *row)
{
    return json_deep_copy(row);
}

static void ask_history(void *owner)
{
    struct history_question *question = owner;
    ask(question->engine, &question->door, QUERY_INPUTS, question->filter, "rows", history_row, NULL);
    free(question);
}

/* What waits for the writer comes first. */
void answer_history(struct engine *engine, const struct door *door, const json_t *filter)
{
    struct history_question *question = memory_get(1, sizeof *question);
    *question = (struct history_question){engine, *door, filter ? json_deep_copy(filter) : json_object()};
    journal_write(engine->journal, NULL, 0, ask_history, question);
}

void answer_oncall(struct engine *engine, const struct door *door)
{
    int64_t now = loop_wall() / 1000;
    json_t *groups = json_array();
    for (size_t i = 0; i < engine->model->group_count; i++)
        for (enum urgency urgency = URGENCY_ALERT; urgency >= URGENCY_NOTIFY; urgency--)
            json_add(groups, rota_json(engine->model, engine->model->groups[i], urgency, now));
    door->reply(door->call, json_pack("{s:I, s:o}", "at", (json_int_t)now, "oncall", groups));
}
