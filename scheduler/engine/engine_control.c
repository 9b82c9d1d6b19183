/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `watchbill` asks over the control socket: one row for each command. */
#include "scheduler/engine/engine_act.h"
#include "scheduler/engine/engine_answer.h"

#include "lib/memory.h"
#include "lib/system_user.h"

#include <unistd.h>

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

/* The check that the request names; refuses the call when there is none. */
static int64_t find_check(struct engine *engine, struct control_call *call, const json_t *request)
{
    struct error error = {""};
    int64_t found = act_find(engine, request, &error);
    if (found == MODEL_NONE)
        control_refuse(call, "%s", error.text);
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

/* The login name that `watchbill` tells; whoever may use the socket is trusted with it. */
static const char *author_of(const json_t *request)
{
    const char *author = argument(request, "author");
    return author ? author : "unknown";
}

/* What was done is on disk before it is answered. */
struct late {
    struct control_call *call;
    json_t *reply;
};

static void reply_late(void *owner)
{
    struct late *late = owner;
    control_reply(late->call, late->reply);
    free(late);
}

static void reply_when_kept(struct engine *engine, struct control_call *call, json_t *reply)
{
    struct late *late = memory_get(1, sizeof *late);
    *late = (struct late){call, reply};
    act_then(engine, reply_late, late);
}

static void run_submit(struct engine *engine, struct control_call *call, const json_t *request)
{
    struct error error = {""};
    if (act_result(engine, request, author_of(request), &error))
        control_reply(call, json_pack("{s:b}", "accepted", 1));
    else
        control_refuse(call, "%s", error.text);
}

static void run_event(struct engine *engine, struct control_call *call, const json_t *request)
{
    struct error error = {""};
    if (act_event(engine, json_object_get(request, "event"), author_of(request), &error))
        reply_when_kept(engine, call, json_pack("{s:b}", "accepted", 1));
    else
        control_refuse(call, "%s", error.text);
}

static void accept_problem(struct engine *engine, struct control_call *call, bool done, uint64_t problem,
                           const struct error *error)
{
    if (done)
        reply_when_kept(engine, call, json_pack("{s:I}", "problem", (json_int_t)problem));
    else
        control_refuse(call, "%s", error->text);
}

static void run_ack(struct engine *engine, struct control_call *call, const json_t *request)
{
    struct error error = {""};
    uint64_t problem = 0;
    bool done = act_acknowledge(engine, request, author_of(request), &problem, &error);
    accept_problem(engine, call, done, problem, &error);
}

static void run_unack(struct engine *engine, struct control_call *call, const json_t *request)
{
    struct error error = {""};
    uint64_t problem = 0;
    bool done = act_unacknowledge(engine, request, &problem, &error);
    accept_problem(engine, call, done, problem, &error);
}

/* A deed of world_calm.h; its name is the command's. */
static void run_calm(struct engine *engine, struct control_call *call, const json_t *request)
{
    struct error error = {""};
    json_t *answer = act_calm(engine, argument(request, "command"), request, author_of(request), &error);
    if (answer)
        reply_when_kept(engine, call, answer);
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
        answer_why(engine, &door, (uint32_t)found,
                   &(struct why_span){argument_whole(request, "limit", 0),
                                      argument_whole(request, "since", 0),
                                      argument_whole(request, "problem", 0)});
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

static void run_downtimes(struct engine *engine, struct control_call *call, const json_t *request)
{
    const struct door door = door_of(call);
    (void)request;
    answer_downtimes(engine, &door);
}

static void run_silences(struct engine *engine, struct control_call *call, const json_t *request)
{
    const struct door door = door_of(call);
    (void)request;
    answer_silences(engine, &door);
}

static void run_comments(struct engine *engine, struct control_call *call, const json_t *request)
{
    const struct door door = door_of(call);
    (void)request;
    answer_comments(engine, &door);
}

static void run_journal_export(struct engine *engine, struct control_call *call, const json_t *request)
{
    const struct door door = door_of(call);
    answer_history(engine, &door, json_object_get(request, "filter"));
}

/* ---- who asks ---- */

/* Who may run and approve remediations is told by name, so the name has to be the caller's own. */
struct claim {
    struct engine *engine;
    struct control_call *call;
    json_t *request;
    command_run *run;
    unsigned peer;
    char name[SYSTEM_USER_NAME];
};

static void find_name(void *owner)
{
    struct claim *claim = owner;
    system_user_name(claim->peer, claim->name);
}

static void name_found(void *owner)
{
    struct claim *claim = owner;
    const char *author = author_of(claim->request);
    if (strcmp(author, claim->name) == 0)
        claim->run(claim->engine, claim->call, claim->request);
    else
        control_refuse(claim->call, "\"%s\" may not act as \"%s\": only root and the scheduler's user may",
                       claim->name, author);
    json_decref(claim->request);
    free(claim);
}

/* Root and the scheduler's own user can do all of it without asking, so they are believed. */
static void run_as_caller(struct engine *engine, struct control_call *call, const json_t *request,
                          command_run *run)
{
    unsigned peer = control_peer(call);
    if (peer == 0 || peer == geteuid()) {
        run(engine, call, request);
        return;
    }
    struct claim *claim = memory_get(1, sizeof *claim);
    *claim = (struct claim){engine, call, json_deep_copy(request), run, peer, ""};
    loop_work(engine->loop, find_name, name_found, claim);
}

static void run_remediate(struct engine *engine, struct control_call *call, const json_t *request)
{
    run_as_caller(engine, call, request, engine_remediate);
}

static void run_approve(struct engine *engine, struct control_call *call, const json_t *request)
{
    run_as_caller(engine, call, request, engine_approve);
}

static const struct {
    const char *name;
    command_run *run;
} commands[] = {
    {"ack", run_ack},
    {"alerts", run_alerts},
    {"event", run_event},
    {"events", run_events},
    {"cancel_downtime", run_calm},
    {"comment", run_calm},
    {"comments", run_comments},
    {"downtime", run_calm},
    {"downtimes", run_downtimes},
    {"silence", run_calm},
    {"silences", run_silences},
    {"uncomment", run_calm},
    {"unsilence", run_calm},
    {"graph", engine_graph},
    {"run", run_run},
    {"status", run_status},
    {"submit", run_submit},
    {"unack", run_unack},
    {"why", run_why},
    {"remediate", run_remediate},
    {"approve", run_approve},
    {"journal_export", run_journal_export},
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
