/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Remediations that people start or approve: the world says whether they may, the helper acts, and who asked is told of
 * the end. */
#include "scheduler/engine/engine_history.h"

#include "lib/memory.h"
#include "lib/nearest.h"

struct by_hand {
    struct by_hand *next;
    char *run;
    struct control_call *call;
};

static const char *argument(const json_t *request, const char *name)
{
    const char *text = json_string_value(json_object_get(request, name));
    return text ? text : "";
}

static bool names(const struct check_plan *plan, const char *remediation)
{
    bool found = false;
    for (size_t i = 0; i < plan->remediate_count; i++)
        found |= strcmp(plan->remediate[i]->name, remediation) == 0;
    return found;
}

/* Of the checks of the host that name the remediation: the first one with a problem, else the first. */
static int64_t find_check(const struct engine *engine, const char *host, const char *remediation)
{
    const struct model *model = engine->model;
    int64_t found = MODEL_NONE;
    for (size_t i = 0; i < model->binding_count; i++) {
        const struct binding *binding = &model->bindings[i];
        bool fits = strcmp(binding->host->name, host) == 0 && names(binding->plan, remediation);
        bool bad = fits && world_state(engine->world, (uint32_t)i)->problem != 0;
        if (bad)
            return (int64_t)i;
        if (fits && found == MODEL_NONE)
            found = (int64_t)i;
    }
    return found;
}

static void refuse_unnamed(const struct engine *engine, struct control_call *call, const char *host,
                           const char *remediation)
{
    const struct model *model = engine->model;
    bool known = model_remediation(model, remediation) != NULL;
    struct nearest nearest = {.wanted = known ? host : remediation};
    if (known && model_host(model, host)) {
        control_refuse(call, "no check of the host \"%s\" names the remediation \"%s\"", host, remediation);
        return;
    }
    for (size_t i = 0; known && i < model->host_count; i++)
        nearest_try(&nearest, model->hosts[i]->name);
    for (size_t i = 0; !known && i < model->remediation_count; i++)
        nearest_try(&nearest, model->remediations[i]->name);
    control_refuse(call, "no such %s: \"%s\"%s%s%s", known ? "host" : "remediation", nearest.wanted,
                   nearest.name ? "; did you mean \"" : "", nearest.name ? nearest.name : "",
                   nearest.name ? "\"" : "");
}

static void wait_for(struct engine *engine, struct control_call *call, char *run)
{
    struct by_hand *waiting = memory_get(1, sizeof *waiting);
    *waiting = (struct by_hand){engine->by_hand, run, call};
    engine->by_hand = waiting;
}

void engine_remediate(struct engine *engine, struct control_call *call, const json_t *request)
{
    const char *host = argument(request, "host"), *remediation = argument(request, "remediation");
    bool dry_run = json_is_true(json_object_get(request, "dry_run"));
    int64_t binding = find_check(engine, host, remediation);
    struct error error = {""};
    char *run = NULL;
    if (binding == MODEL_NONE) {
        refuse_unnamed(engine, call, host, remediation);
        return;
    }
    struct batch *batch = batch_open(engine);
    bool done = world_remediate(engine->world, (uint32_t)binding, remediation, argument(request, "author"),
                                dry_run, batch_now(batch), &run, batch_decision, batch, &error);
    history_deed(batch, "run_remediation", "{s:s, s:s, s:s, s:s?, s:b}", "host", host, "check",
                 engine->model->bindings[binding].plan->name, "remediation", remediation, "author",
                 argument(request, "author"), "dry_run", (int)dry_run);
    if (done)
        wait_for(engine, call, run);
    else
        control_refuse(call, "%s", error.text);
    batch_close(batch);
}

bool engine_approve_run(struct engine *engine, const char *run, const char *author, struct error *error)
{
    struct batch *batch = batch_open(engine);
    bool done = world_approve(engine->world, run, author, batch_now(batch), batch_decision, batch, error);
    if (done || batch_decided(batch) > 0)
        history_deed(batch, "approve_remediation", "{s:s, s:s?}", "run", run, "author", author);
    batch_close(batch);
    return done;
}

void engine_approve(struct engine *engine, struct control_call *call, const json_t *request)
{
    const char *run = argument(request, "run");
    struct error error = {""};
    if (engine_approve_run(engine, run, argument(request, "author"), &error))
        control_reply(call, json_pack("{s:s}", "approved", run));
    else
        control_refuse(call, "%s", error.text);
}

void engine_remediate_ended(struct engine *engine, const char *run, const char *word, const char *text)
{
    for (struct by_hand **at = &engine->by_hand; *at;) {
        struct by_hand *waiting = *at;
        if (strcmp(waiting->run, run) != 0) {
            at = &waiting->next;
            continue;
        }
        control_reply(waiting->call, json_pack("{s:s, s:s, s:s}", "run", run, "end", word, "text", text));
        *at = waiting->next;
        free(waiting->run);
        free(waiting);
    }
}

void engine_remediate_close(struct engine *engine)
{
    while (engine->by_hand) {
        struct by_hand *waiting = engine->by_hand;
        control_refuse(waiting->call, "the scheduler ends; the ledger tells the end of the run \"%s\"",
                       waiting->run);
        engine->by_hand = waiting->next;
        free(waiting->run);
        free(waiting);
    }
}
