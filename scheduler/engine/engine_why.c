/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The story of a check: what was decided of it, problem by problem, and what holds now. */
#include "scheduler/core/world_why.h"
#include "scheduler/engine/engine_answer.h"

#include "lib/memory.h"

enum { WHY_LINES = 40 }; /* unless another limit is given */

static const char *text_in(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* ---- a decision as a sentence ---- */

static void tell_state(struct text *text, const json_t *data)
{
    text_format(text, "%s %s, attempt %lld", text_in(data, "state"), text_in(data, "state_type"),
                (long long)json_integer_value(json_object_get(data, "attempt")));
    if (*text_in(data, "reason"))
        text_format(text, ": %s", text_in(data, "reason"));
}

static void tell_alert(struct text *text, const json_t *data)
{
    text_format(text, "told %s by %s (%s, %s)", text_in(data, "to"), text_in(data, "channel"),
                text_in(data, "kind"), text_in(data, "urgency"));
    if (json_array_size(json_object_get(data, "members")) > 1)
        text_format(text, " together with %zu others", json_array_size(json_object_get(data, "members")) - 1);
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

static void tell_check(struct text *text, const json_t *data)
{
    text_format(text, "checked at once: %s", text_in(data, "reason"));
}

static void tell_note(struct text *text, const json_t *data)
{
    text_add(text, text_in(data, "note"));
}

static const struct {
    const char *type;
    void (*tell)(struct text *text, const json_t *data);
} tales[] = {{"state", tell_state}, {"alert", tell_alert},
             {"quiet", tell_quiet}, {"remediation", tell_remediation},
             {"check", tell_check}, {"note", tell_note}};

/* What became of an alert, by the outbox. */
static void tell_delivery(struct text *text, const json_t *row)
{
    const char *result = text_in(row, "result"), *error = text_in(row, "error");
    if (strcmp(result, "delivered") == 0)
        text_add(text, ", delivered");
    else if (*result)
        text_format(text, ", not delivered: %s", *error ? error : result);
    else
        text_format(text, ", not delivered yet%s%s", *error ? ": " : "", error);
}

static json_t *story_row(const json_t *row)
{
    const json_t *data = json_object_get(row, "data");
    struct text text = TEXT_INIT;
    for (size_t i = 0; i < sizeof tales / sizeof tales[0]; i++)
        if (strcmp(text_in(data, "type"), tales[i].type) == 0)
            tales[i].tell(&text, data);
    if (strcmp(text_in(data, "type"), "alert") == 0)
        tell_delivery(&text, row);
    json_t *told = json_pack("{s:I, s:s, s:s, s:I}", "at",
                             (json_int_t)(json_integer_value(json_object_get(row, "at")) / 1000), "text",
                             text.bytes, "type", text_in(data, "type"), "problem",
                             (json_int_t)json_integer_value(json_object_get(data, "problem")));
    const json_t *next = json_object_get(data, "next");
    if (json_is_integer(next))
        json_object_set_new(told, "next", json_integer(json_integer_value(next) / 1000));
    if (*text_in(data, "run"))
        json_object_set_new(told, "run", json_string(text_in(data, "run")));
    text_release(&text);
    return told;
}

/* ---- problem by problem ---- */

static json_t *problem_of(json_t *problems, json_int_t id, json_int_t at)
{
    size_t count = json_array_size(problems);
    json_t *last = count ? json_array_get(problems, count - 1) : NULL;
    if (last && json_integer_value(json_object_get(last, "id")) == id)
        return last;
    last = json_pack("{s:I, s:I, s:I, s:s, s:[], s:n}", "id", id, "since", at, "until", at, "state", "",
                     "told", "because");
    json_array_append_new(problems, last);
    return last;
}

static void note_told(json_t *problem, const char *user)
{
    json_t *told = json_object_get(problem, "told");
    size_t index;
    const json_t *each;
    json_array_foreach(told, index, each)
        if (strcmp(json_string_value(each), user) == 0)
            return;
    json_array_append_new(told, json_string(user));
}

/* Of a problem that nobody was told of the last reason is why. */
static void note_row(json_t *problems, const json_t *row)
{
    const json_t *data = json_object_get(row, "data");
    json_int_t id = json_integer_value(json_object_get(data, "problem"));
    json_int_t at = json_integer_value(json_object_get(row, "at")) / 1000;
    const char *type = text_in(data, "type");
    if (id == 0)
        return;
    json_t *problem = problem_of(problems, id, at);
    json_object_set_new(problem, "until", json_integer(at));
    if (strcmp(type, "state") == 0 && strcmp(text_in(data, "state"), "OK") != 0)
        json_object_set_new(problem, "state", json_string(text_in(data, "state")));
    if (strcmp(type, "alert") == 0)
        note_told(problem, text_in(data, "to"));
    else if (strcmp(type, "quiet") == 0 && strcmp(text_in(data, "state"), "OK") != 0)
        json_object_set_new(problem, "because", json_string(text_in(data, "reason")));
}

static json_t *problems_of(const json_t *rows)
{
    json_t *problems = json_array();
    for (size_t i = json_array_size(rows); i > 0; i--)
        note_row(problems, json_array_get(rows, i - 1));
    return problems;
}

/* ---- the answer ---- */

struct why {
    struct engine *engine;
    struct door door;
    json_t *reply;
};

static void answered(void *owner, const json_t *rows)
{
    struct why *why = owner;
    json_t *story = json_array();
    size_t index;
    const json_t *row;
    json_array_foreach(rows, index, row)
        json_array_append_new(story, story_row(row));
    json_object_set_new(why->reply, "story", story);
    json_object_set_new(why->reply, "problems", problems_of(rows));
    why->door.reply(why->door.call, why->reply);
    free(why);
}

static void add_now(const struct engine *engine, uint32_t index, json_t *reply)
{
    struct text text = TEXT_INIT;
    int64_t next = world_why(engine->world, index, loop_wall(), &text);
    json_object_set_new(reply, "now", json_string(text.bytes));
    json_object_set_new(reply, "next", next ? json_integer(next / 1000) : json_null());
    text_release(&text);
}

void answer_why(struct engine *engine, const struct door *door, uint32_t index, const struct why_span *span)
{
    const struct binding *binding = &engine->model->bindings[index];
    struct why *why = memory_get(1, sizeof *why);
    json_t *filter = json_pack("{s:s, s:s, s:I}", "subject", binding->host->name, "name", binding->plan->name,
                               "limit", (json_int_t)(span->limit ? span->limit : WHY_LINES));
    if (span->since)
        json_object_set_new(filter, "since", json_integer(span->since * 1000));
    if (span->problem)
        json_object_set_new(filter, "problem", json_integer(span->problem));
    *why = (struct why){engine, *door, json_pack("{s:o}", "check", answer_status_of(engine, index))};
    add_now(engine, index, why->reply);
    json_object_set_new(why->reply, "metrics",
                        engine_graph_metrics(engine, binding->host->name, binding->plan->name));
    if (!binding->plan->alert)
        json_object_set_new(why->reply, "hint",
                            json_string("the check has no \"alert:\", so nobody is ever told of it"));
    else if (outbox_trouble(engine->outbox))
        json_object_set_new(why->reply, "hint", json_string(outbox_trouble(engine->outbox)));
    journal_query(engine->journal, QUERY_DECISIONS, filter, answered, why);
    json_decref(filter);
}
