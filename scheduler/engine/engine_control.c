/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `watchbill` asks over the control socket: one row for each command. */
#include "scheduler/engine/engine_internal.h"

#include "lib/memory.h"
#include "scheduler/core/notice.h"
#include "lib/utf8.h"

typedef void command_run(struct engine *engine, struct control_call *call, const json_t *request);

static const char *argument(const json_t *request, const char *name)
{
    return json_string_value(json_object_get(request, name));
}

static int64_t argument_whole(const json_t *request, const char *name, int64_t otherwise)
{
    const json_t *value = json_object_get(request, name);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

static int64_t binding_of_problem(const struct engine *engine, uint64_t problem)
{
    for (size_t i = 0; problem && i < engine->model->binding_count; i++) {
        const struct state *state = world_state(engine->world, (uint32_t)i);
        if (state->problem == problem && state->hard != VERDICT_OK)
            return (int64_t)i;
    }
    return MODEL_NONE;
}

/* The check that the request names as HOST/CHECK or by its open problem; refuses the call when there is none.
 */
static int64_t find_check(struct engine *engine, struct control_call *call, const json_t *request)
{
    const char *name = argument(request, "check");
    if (!name) {
        control_refuse(call, "no check is named: HOST/CHECK");
        return MODEL_NONE;
    }
    int64_t found = model_binding_named(engine->model, name);
    if (found == MODEL_NONE && strspn(name, "0123456789") == strlen(name))
        found = binding_of_problem(engine, strtoull(name, NULL, 10));
    if (found == MODEL_NONE)
        control_refuse(call, "no such check: \"%s\"", name);
    return found;
}

static void set_text(json_t *object, const char *key, const char *value)
{
    json_object_set_new(object, key, value ? json_string(value) : json_null());
}

/* What the remediation does for the problem: "clean-spool: after, until TIME"; null when there is none. */
static json_t *remedy_of(const struct engine *engine, uint32_t index)
{
    const char *remediation, *step;
    int64_t next;
    struct text text = TEXT_INIT;
    json_t *told = json_null();
    if (world_remedy(engine->world, index, &remediation, &step, &next)) {
        text_format(&text, "%s: %s", remediation, step);
        if (next > 0) {
            text_add(&text, ", until ");
            notice_time(&text, zone_open(engine->model->site.timezone, NULL), next);
        }
        told = json_string(text.bytes);
    }
    text_release(&text);
    return told;
}

static json_t *status_of(const struct engine *engine, uint32_t index)
{
    const struct binding *binding = &engine->model->bindings[index];
    const struct state *state = world_state(engine->world, index);
    const char *output = engine->slots[index].output;
    const char *author = NULL;
    int64_t until;
    int64_t due = plan_due(engine->plan, index);
    struct text subject = TEXT_INIT;
    text_format(&subject, "%s/%s", binding->host->name, binding->plan->name);
    json_t *row = json_pack("{s:s, s:s, s:s, s:i, s:i, s:I, s:I, s:b, s:I}", "subject", subject.bytes,
                            "state", state->known ? verdict_name(state->verdict) : "PENDING", "type",
                            state_type_name(state->type), "attempt", state->attempt, "attempts",
                            binding->plan->attempts, "since", (json_int_t)(state->since / 1000), "problem",
                            (json_int_t)(state->hard != VERDICT_OK ? state->problem : 0), "flapping",
                            (int)state->flapping, "last", (json_int_t)(state->last_result / 1000));
    json_object_set_new(row, "text", json_string(output ? output : ""));
    (void)world_acknowledged(engine->world, index, &author, &until);
    set_text(row, "acknowledged", author);
    json_object_set_new(row, "next",
                        due == INT64_MAX ? json_null()
                                         : json_integer((loop_wall() + (due - loop_now()) / 1000) / 1000));
    json_object_set_new(row, "remediation", remedy_of(engine, index));
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

static void run_status(struct engine *engine, struct control_call *call, const json_t *request)
{
    const char *match = argument(request, "match");
    json_t *checks = json_array();
    for (size_t i = 0; i < engine->model->binding_count; i++)
        if (matches(&engine->model->bindings[i], match))
            json_array_append_new(checks, status_of(engine, (uint32_t)i));
    if (match && json_array_size(checks) == 0) {
        json_decref(checks);
        control_refuse(call, "no such host or check: \"%s\"", match);
    } else {
        control_reply(call, json_pack("{s:o}", "checks", checks));
    }
}

static void run_run(struct engine *engine, struct control_call *call, const json_t *request)
{
    int64_t found = find_check(engine, call, request);
    if (found == MODEL_NONE)
        return;
    if (engine->model->bindings[found].plan->command.count == 0) {
        control_refuse(call, "the check has no command, only passive results: \"%s\"",
                       argument(request, "check"));
        return;
    }
    struct waiting *waiting = memory_get(1, sizeof *waiting);
    waiting->call = call;
    waiting->next = engine->slots[found].waiting;
    engine->slots[found].waiting = waiting;
    engine_run_now(engine, (uint32_t)found);
}

static void run_submit(struct engine *engine, struct control_call *call, const json_t *request)
{
    int64_t found = find_check(engine, call, request);
    int64_t code = argument_whole(request, "exit", -1);
    const char *text = argument(request, "text");
    if (found == MODEL_NONE)
        return;
    if (code < 0 || code > 3 || !text) {
        control_refuse(call, "a result needs an exit code from 0 to 3 and a text");
        return;
    }
    struct result result = {.verdict = (enum verdict)code, .at = loop_wall(), .text = text, .passive = true};
    engine_take_output(engine, (uint32_t)found, &result, text, strlen(text));
    control_reply(call, json_pack("{s:b}", "accepted", 1));
}

static void reply_problem(struct engine *engine, struct control_call *call, uint32_t binding)
{
    control_reply(call,
                  json_pack("{s:I}", "problem", (json_int_t)world_state(engine->world, binding)->problem));
}

static void run_ack(struct engine *engine, struct control_call *call, const json_t *request)
{
    int64_t found = find_check(engine, call, request);
    if (found == MODEL_NONE)
        return;
    const char *author = argument(request, "author");
    const char *comment = argument(request, "comment");
    struct error error = {""};
    struct batch *batch = batch_open(engine);
    bool done = world_acknowledge(engine->world, (uint32_t)found, author ? author : "unknown",
                                  comment ? comment : "", argument_whole(request, "until", 0) * 1000,
                                  loop_wall(), batch_decision, batch, &error);
    if (done)
        batch_note(batch, (uint32_t)found, "acknowledged by \"%s\": %s", author ? author : "unknown",
                   comment ? comment : "");
    batch_close(batch);
    if (done)
        reply_problem(engine, call, (uint32_t)found);
    else
        control_refuse(call, "%s", error.text);
}

static void run_unack(struct engine *engine, struct control_call *call, const json_t *request)
{
    int64_t found = find_check(engine, call, request);
    if (found == MODEL_NONE)
        return;
    struct error error = {""};
    struct batch *batch = batch_open(engine);
    bool done =
        world_unacknowledge(engine->world, (uint32_t)found, loop_wall(), batch_decision, batch, &error);
    if (done)
        batch_note(batch, (uint32_t)found, "the acknowledgement was taken back");
    batch_close(batch);
    if (done)
        reply_problem(engine, call, (uint32_t)found);
    else
        control_refuse(call, "%s", error.text);
}

/* ---- questions to the journal ---- */

struct question {
    struct control_call *call;
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
    control_reply(question->call, reply);
    free(question);
}

static void ask(struct engine *engine, struct control_call *call, enum query_kind kind, json_t *filter,
                const char *key, json_t *(*row)(const json_t *row), json_t *more)
{
    struct question *question = memory_get(1, sizeof *question);
    *question = (struct question){.call = call, .key = key, .row = row, .more = more};
    journal_query(engine->journal, kind, filter, answered, question);
    json_decref(filter);
}

static const char *text_in(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static void tell_state(struct text *text, const json_t *data)
{
    text_format(text, "%s %s, attempt %lld", text_in(data, "state"), text_in(data, "state_type"),
                (long long)json_integer_value(json_object_get(data, "attempt")));
}

static void tell_alert(struct text *text, const json_t *data)
{
    text_format(text, "told %s by %s (%s, %s)", text_in(data, "to"), text_in(data, "channel"),
                text_in(data, "kind"), text_in(data, "urgency"));
}

static void tell_quiet(struct text *text, const json_t *data)
{
    text_format(text, "told nobody: %s", text_in(data, "reason"));
}

static void tell_remediation(struct text *text, const json_t *data)
{
    text_format(text, "remediation \"%s\" (%s): %s", text_in(data, "remediation"), text_in(data, "issue"),
                text_in(data, "decision"));
    if (*text_in(data, "reason"))
        text_format(text, ": %s", text_in(data, "reason"));
}

static void tell_note(struct text *text, const json_t *data)
{
    text_add(text, text_in(data, "note"));
}

static const struct {
    const char *type;
    void (*tell)(struct text *text, const json_t *data);
} tales[] = {{"state", tell_state},
             {"alert", tell_alert},
             {"quiet", tell_quiet},
             {"remediation", tell_remediation},
             {"note", tell_note}};

static json_t *story_row(const json_t *row)
{
    const json_t *data = json_object_get(row, "data");
    struct text text = TEXT_INIT;
    for (size_t i = 0; i < sizeof tales / sizeof tales[0]; i++)
        if (strcmp(text_in(data, "type"), tales[i].type) == 0)
            tales[i].tell(&text, data);
    json_t *told =
        json_pack("{s:I, s:s}", "at", (json_int_t)(json_integer_value(json_object_get(row, "at")) / 1000),
                  "text", text.bytes);
    const json_t *next = json_object_get(data, "next");
    if (json_is_integer(next))
        json_object_set_new(told, "next", json_integer(json_integer_value(next) / 1000));
    text_release(&text);
    return told;
}

static void run_why(struct engine *engine, struct control_call *call, const json_t *request)
{
    int64_t found = find_check(engine, call, request);
    if (found == MODEL_NONE)
        return;
    const struct binding *binding = &engine->model->bindings[found];
    json_t *filter = json_pack("{s:s, s:s, s:I}", "subject", binding->host->name, "name", binding->plan->name,
                               "limit", (json_int_t)argument_whole(request, "limit", 40));
    json_t *more = json_pack("{s:o}", "check", status_of(engine, (uint32_t)found));
    if (!binding->plan->alert)
        json_object_set_new(more, "hint",
                            json_string("the check has no \"alert:\", so nobody is ever told of it"));
    else if (outbox_trouble(engine->outbox))
        json_object_set_new(more, "hint", json_string(outbox_trouble(engine->outbox)));
    ask(engine, call, QUERY_DECISIONS, filter, "story", story_row, more);
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

static void run_alerts(struct engine *engine, struct control_call *call, const json_t *request)
{
    json_t *filter = json_pack("{s:I}", "limit", (json_int_t)argument_whole(request, "limit", 50));
    ask(engine, call, QUERY_ALERTS, filter, "alerts", alert_row, NULL);
}

static json_t *event_row(const json_t *row)
{
    json_t *copy = json_deep_copy(row);
    json_object_set_new(copy, "at", json_integer(json_integer_value(json_object_get(row, "at")) / 1000));
    return copy;
}

static void run_events(struct engine *engine, struct control_call *call, const json_t *request)
{
    json_t *filter = json_pack("{s:I}", "limit", (json_int_t)argument_whole(request, "limit", 50));
    ask(engine, call, QUERY_EVENTS, filter, "events", event_row, NULL);
}

static const struct {
    const char *name;
    command_run *run;
} commands[] = {
    {"ack", run_ack},        {"alerts", run_alerts}, {"events", run_events},
    {"graph", engine_graph}, {"run", run_run},       {"status", run_status},
    {"submit", run_submit},  {"unack", run_unack},   {"why", run_why},
};

void engine_control(void *owner, struct control_call *call, const json_t *request)
{
    struct engine *engine = owner;
    const char *name = argument(request, "command");
    for (size_t i = 0; name && i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(name, commands[i].name) == 0) {
            commands[i].run(engine, call, request);
            return;
        }
    }
    control_refuse(call, "no such command: \"%s\"", name ? name : "");
}
