/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/engine/engine_act.h"

#include "scheduler/core/event.h"
#include "scheduler/engine/engine_history.h"

static const char *text_of(const json_t *request, const char *name)
{
    return json_string_value(json_object_get(request, name));
}

static int64_t whole_of(const json_t *request, const char *name, int64_t otherwise)
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

int64_t act_find(const struct engine *engine, const json_t *request, struct error *error)
{
    const char *name = text_of(request, "check");
    if (!name) {
        error_set(error, "no check is named: HOST/CHECK");
        return MODEL_NONE;
    }
    int64_t found = model_binding_named(engine->model, name);
    if (found == MODEL_NONE && strspn(name, "0123456789") == strlen(name))
        found = binding_of_problem(engine, strtoull(name, NULL, 10));
    if (found == MODEL_NONE)
        error_set(error, "no such check: \"%s\"", name);
    return found;
}

bool act_result(struct engine *engine, const json_t *request, const char *author, struct error *error)
{
    int64_t found = act_find(engine, request, error), code = whole_of(request, "exit", -1);
    const char *text = text_of(request, "text");
    (void)author; /* results are not journaled, only what they change */
    if (found == MODEL_NONE)
        return false;
    if (model_is_counted(engine->model->bindings[found].plan))
        return error_set(error, "it is counted from the states of others and takes no results: \"%s\"",
                         text_of(request, "check"));
    if (code < 0 || code > 3 || !text)
        return error_set(error, "a result needs an exit code from 0 to 3 and a text");
    struct result result = {.verdict = (enum verdict)code, .at = loop_wall(), .text = text, .passive = true};
    engine_take_output(engine, (uint32_t)found, &result, text, strlen(text));
    return true;
}

bool act_acknowledge(struct engine *engine, const json_t *request, const char *author, uint64_t *problem,
                     struct error *error)
{
    enum { UNTIL_MOST = INT32_MAX }; /* s from now: some 68 years */
    int64_t found = act_find(engine, request, error), now = loop_wall(),
            until = whole_of(request, "until", 0);
    const char *comment = text_of(request, "comment");
    if (found == MODEL_NONE)
        return false;
    if (until != 0 && (until <= now / 1000 || until > now / 1000 + UNTIL_MOST))
        return error_set(error, "the end of an acknowledgement lies in the future, in epoch seconds");
    struct batch *batch = batch_open(engine);
    bool done = world_acknowledge(engine->world, (uint32_t)found, author, comment ? comment : "",
                                  until * 1000, batch_now(batch), batch_decision, batch, error);
    if (done) {
        const struct binding *binding = &engine->model->bindings[found];
        batch_note(batch, (uint32_t)found, "acknowledged by \"%s\": %s", author, comment ? comment : "");
        engine->noise.acknowledged++;
        engine->slots[found].opened = 0;
        history_deed(batch, "acknowledge", "{s:s, s:s, s:s, s:s, s:I}", "host", binding->host->name, "check",
                     binding->plan->name, "author", author, "comment", comment ? comment : "", "until",
                     (json_int_t)until);
    }
    batch_close(batch);
    *problem = world_state(engine->world, (uint32_t)found)->problem;
    return done;
}

bool act_unacknowledge(struct engine *engine, const json_t *request, uint64_t *problem, struct error *error)
{
    int64_t found = act_find(engine, request, error);
    if (found == MODEL_NONE)
        return false;
    struct batch *batch = batch_open(engine);
    bool done =
        world_unacknowledge(engine->world, (uint32_t)found, batch_now(batch), batch_decision, batch, error);
    if (done) {
        const struct binding *binding = &engine->model->bindings[found];
        batch_note(batch, (uint32_t)found, "the acknowledgement was taken back");
        history_deed(batch, "unacknowledge", "{s:s, s:s}", "host", binding->host->name, "check",
                     binding->plan->name);
    }
    batch_close(batch);
    *problem = world_state(engine->world, (uint32_t)found)->problem;
    return done;
}

bool act_event(struct engine *engine, const json_t *request, const char *author, struct error *error)
{
    struct event event;
    if (!event_read(request, author, &event, error))
        return false;
    struct batch *batch = batch_open(engine);
    batch_event(batch, event.subject, event.name, event.type, event.severity, event.data);
    event.data = NULL; /* the batch's */
    batch_close(batch);
    event_release(&event);
    return true;
}

void act_then(struct engine *engine, void (*run)(void *owner), void *owner)
{
    if (journal_trouble(engine->journal))
        run(owner);
    else
        journal_write(engine->journal, NULL, 0, run, owner);
}
