/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `watchbill` asks over the control socket: one row for each command. */
#include "scheduler/engine/engine_answer.h"

#include "lib/memory.h"

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

/* ---- questions: the answer is made for every door ---- */

static void send_reply(void *call, json_t *reply)
{
    control_reply(call, reply);
}

static void send_refusal(void *call, const char *sentence)
{
    control_refuse(call, "%s", sentence);
}

static struct door door_of(struct control_call *call)
{
    return (struct door){.call = call, .reply = send_reply, .refuse = send_refusal};
}

static void run_status(struct engine *engine, struct control_call *call, const json_t *request)
{
    const struct door door = door_of(call);
    answer_status(engine, &door, argument(request, "match"));
}

static void run_why(struct engine *engine, struct control_call *call, const json_t *request)
{
    const struct door door = door_of(call);
    int64_t found = find_check(engine, call, request);
    if (found != MODEL_NONE)
        answer_why(engine, &door, (uint32_t)found, argument_whole(request, "limit", 0));
}

static void run_alerts(struct engine *engine, struct control_call *call, const json_t *request)
{
    const struct door door = door_of(call);
    answer_alerts(engine, &door, argument_whole(request, "limit", 0));
}

static void run_events(struct engine *engine, struct control_call *call, const json_t *request)
{
    const struct door door = door_of(call);
    answer_events(engine, &door, argument_whole(request, "limit", 0));
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
