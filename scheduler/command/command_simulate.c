/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simulate: the scheduler's own decisions over a timeline, on a virtual clock. */
#include "lib/json.h"
#include "lib/memory.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/site.h"
#include "scheduler/core/world.h"

#include <errno.h>
#include <math.h>

struct simulation {
    struct command_call *call;
    struct model *model;
    struct world *world;
    int64_t now; /* epoch ms */
    size_t line;
};

/* ---- decisions out ---- */

static void add_state(json_t *object, const struct decision *decision)
{
    json_set(object, "state", json_string(verdict_name(decision->verdict)));
    json_set(object, "state_type", json_string(state_type_name(decision->type)));
    json_set(object, "attempt", json_integer(decision->attempt));
    json_set(object, "flapping", json_boolean(decision->flapping));
    json_set(object, "problem",
             decision->problem ? json_integer((json_int_t)decision->problem) : json_null());
}

static void add_alert(json_t *object, const struct decision *decision)
{
    json_set(object, "kind", json_string(notice_name(decision->notice)));
    json_set(object, "to", json_string(decision->user->name));
    json_set(object, "urgency", json_string(urgency_name(decision->urgency)));
    json_set(object, "channel", json_string(channel_name(decision->contact->channel)));
    json_set(object, "address", json_string(decision->contact->address));
    json_set(object, "state", json_string(verdict_name(decision->verdict)));
    json_set(object, "problem", json_integer((json_int_t)decision->problem));
    if (decision->reason)
        json_set(object, "reason", json_string(decision->reason));
}

static void add_members(json_t *object, const struct model *model, const struct decision *decision)
{
    json_t *members = json_array();
    for (size_t i = 0; i < decision->member_count; i++) {
        const struct binding *binding = &model->bindings[decision->members[i]];
        json_add(members, json_sprintf("%s/%s", binding->host->name, binding->plan->name));
    }
    json_set(object, "members", members);
}

static void add_remediation(json_t *object, const struct decision *decision)
{
    json_set(object, "remediation", json_string(decision->remediation->name));
    json_set(object, "issue", json_string(decision->remediation->issue));
    json_set(object, "decision", json_string(act_name(decision->act)));
    json_set(object, "reason", json_string(decision->reason ? decision->reason : ""));
    if (decision->run)
        json_set(object, "run", json_string(decision->run));
}

static void print_decision(void *owner, const struct decision *decision)
{
    struct simulation *simulation = owner;
    json_t *object = json_object();
    json_set(object, "at", json_number_of((double)decision->at / 1000));
    json_set(object, "type", json_string(decision_name(decision->kind)));
    json_set(object, "subject", json_string(decision->subject));
    json_set(object, "name", json_string(decision->name));
    switch (decision->kind) {
    case DECISION_STATE:
        add_state(object, decision);
        break;
    case DECISION_ALERT:
        add_alert(object, decision);
        if (decision->member_count)
            add_members(object, simulation->model, decision);
        break;
    case DECISION_QUIET:
    case DECISION_CHECK:
        json_set(object, "reason", json_string(decision->reason ? decision->reason : ""));
        break;
    case DECISION_REMEDIATION:
        add_remediation(object, decision);
        break;
    case DECISIONS:
        break;
    }
    json_write(simulation->call->out, object);
    json_decref(object);
}

/* ---- the timeline in ---- */

/* Nothing is executed: a remediation that would run is taken to have acted at once. Whether it helped is what the
 * following results say. */
static void end_runs(struct simulation *simulation)
{
    while (world_run_count(simulation->world) > 0) {
        struct world_run run = world_run_at(simulation->world, 0);
        char *name = memory_text(run.run);
        world_remedied(simulation->world, run.binding, name, 0, simulation->now, print_decision, simulation);
        free(name);
    }
}

static void pass_time(struct simulation *simulation, int64_t until)
{
    for (int64_t due = world_due(simulation->world); due <= until; due = world_due(simulation->world)) {
        simulation->now = due > simulation->now ? due : simulation->now;
        world_tick(simulation->world, simulation->now, print_decision, simulation);
        end_runs(simulation);
    }
    simulation->now = until;
}

static bool find_binding(const struct simulation *simulation, const json_t *line, int64_t *binding,
                         struct error *error)
{
    const char *host = site_text(line, "host"), *check = site_text(line, "check");
    *binding = model_binding(simulation->model, host, check);
    return *binding != MODEL_NONE || error_set(error, "no such check: \"%s/%s\"", host, check);
}

static bool take_result(struct simulation *simulation, const json_t *line, struct error *error)
{
    int64_t binding;
    const json_t *exit = json_object_get(line, "exit");
    if (!find_binding(simulation, line, &binding, error))
        return false;
    if (!json_is_integer(exit))
        return error_set(error, "a result needs a whole number \"exit\"");
    json_int_t code = json_integer_value(exit);
    struct result result = {.verdict = code >= 0 && code <= 3 ? (enum verdict)code : VERDICT_UNKNOWN,
                            .at = simulation->now,
                            .text = site_text(line, "output")};
    world_result(simulation->world, (uint32_t)binding, &result, simulation->now, print_decision, simulation);
    return true;
}

static bool take_acknowledgement(struct simulation *simulation, const json_t *line, struct error *error)
{
    int64_t binding;
    const json_t *until = json_object_get(line, "until");
    return find_binding(simulation, line, &binding, error) &&
           world_acknowledge(simulation->world, (uint32_t)binding, site_text(line, "author"),
                             site_text(line, "comment"),
                             json_is_number(until) ? llround(json_number_value(until) * 1000) : 0,
                             simulation->now, print_decision, simulation, error);
}

static bool take_unacknowledgement(struct simulation *simulation, const json_t *line, struct error *error)
{
    int64_t binding;
    return find_binding(simulation, line, &binding, error) &&
           world_unacknowledge(simulation->world, (uint32_t)binding, simulation->now, print_decision,
                               simulation, error);
}

static bool take_channel(struct simulation *simulation, const json_t *line, struct error *error)
{
    enum channel channel;
    const json_t *list = json_object_get(line, "users");
    if (!channel_read(site_text(line, "channel"), &channel))
        return error_set(error, "no such channel: \"%s\"", site_text(line, "channel"));
    size_t count = json_array_size(list);
    const char **users = memory_get(count + 1, sizeof *users);
    for (size_t i = 0; i < count; i++) {
        const char *user = json_string_value(json_array_get(list, i));
        users[i] = user ? user : "";
    }
    world_channel(simulation->world, channel, json_is_true(json_object_get(line, "works")),
                  site_text(line, "reason"), users, count, simulation->now, print_decision, simulation);
    free(users);
    return true;
}

static bool take_tick(struct simulation *simulation, const json_t *line, struct error *error)
{
    (void)line, (void)error;
    world_tick(simulation->world, simulation->now, print_decision, simulation);
    return true;
}

static const struct {
    const char *name;
    bool (*take)(struct simulation *simulation, const json_t *line, struct error *error);
} deeds[] = {
    {"acknowledge", take_acknowledgement},
    {"unacknowledge", take_unacknowledgement},
    {"channel", take_channel},
    {"tick", take_tick},
};

static bool take_deed(struct simulation *simulation, const json_t *line, struct error *error)
{
    const char *name = site_text(line, "do");
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++)
        if (strcmp(deeds[i].name, name) == 0)
            return deeds[i].take(simulation, line, error);
    return error_set(error, "cannot do \"%s\"", name);
}

static bool take_line(struct simulation *simulation, const json_t *line, struct error *error)
{
    const json_t *at = json_object_get(line, "at");
    double seconds = json_number_value(at);
    if (!json_is_number(at) || !(fabs(seconds) < 1e12))
        return error_set(error, "a line needs a number \"at\", in epoch seconds");
    int64_t instant = llround(seconds * 1000);
    if (instant < simulation->now)
        return error_set(error, "\"at\" goes back in time");
    pass_time(simulation, instant);
    bool taken = json_object_get(line, "do") ? take_deed(simulation, line, error)
                                             : take_result(simulation, line, error);
    end_runs(simulation);
    return taken;
}

static bool read_timeline(struct simulation *simulation, struct error *error)
{
    char *bytes = NULL;
    size_t room = 0;
    ssize_t length;
    bool good = true;
    while (good && (length = getline(&bytes, &room, simulation->call->input)) >= 0) {
        json_error_t mistake;
        simulation->line++;
        if (strspn(bytes, " \t\r\n") == (size_t)length)
            continue;
        json_t *line = json_loadb(bytes, (size_t)length, JSON_REJECT_DUPLICATES, &mistake);
        if (!line)
            good = error_set(error, "not JSON: %s", mistake.text);
        else
            good = take_line(simulation, line, error);
        json_decref(line);
    }
    free(bytes);
    if (good && ferror(simulation->call->input))
        good = error_set(error, "cannot read standard input: %s", strerror(errno));
    return good;
}

static int run(const void *arguments, struct command_call *call)
{
    (void)arguments;
    struct error error = {""};
    struct simulation simulation = {.call = call, .now = INT64_MIN, .model = site_load(call)};
    if (!simulation.model)
        return COMMAND_REFUSED;
    simulation.world = world_create(simulation.model);
    bool good = read_timeline(&simulation, &error);
    world_free(simulation.world);
    model_free(simulation.model);
    return good ? COMMAND_YES : command_refuse(call, "line %zu: %s", simulation.line, error.text);
}

const struct command command_simulate = {
    .name = "simulate",
    .usage = "< TIMELINE",
    .summary = "runs the scheduler's decisions over a timeline",
    .notes = "Reads one JSON object a line: {\"at\", \"host\", \"check\", \"exit\", \"output\"}, or {\"at\", "
             "\"do\"}\n"
             "with acknowledge, unacknowledge, channel or tick; \"at\" is in epoch seconds. Prints one "
             "decision a line. A\n"
             "remediation that would run is taken to have acted at once.",
    .run = run,
};
