/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A host that is configured is verified when all of its checks are OK at once. It is a check of its own, whose results
 * the world makes: VERIFYING (a WARNING) while it lasts, then OK, or CRITICAL when it took too long. Either stays as it
 * is, until somebody gives the host another status. Source: the remlite seed, which pages and stops. */
#include "scheduler/core/world_parts.h"

#include "lib/number.h"
#include "lib/text.h"

enum { NAMED_MOST = 5 };

/* Bindings of one host stand together. */
static size_t first_of(const struct model *model, uint32_t index)
{
    size_t first = index;
    while (first > 0 && model->bindings[first - 1].host == model->bindings[index].host)
        first--;
    return first;
}

static bool is_fine(const struct state *state)
{
    return state->known && state->verdict == VERDICT_OK && state->hard == VERDICT_OK;
}

/* "2 of 3 checks are OK; not: http CRITICAL"; whether all are. */
static bool write_checks(struct text *text, const struct world *world, uint32_t index)
{
    const struct model *model = world->model;
    const struct host *host = model->bindings[index].host;
    struct text others = TEXT_INIT;
    size_t all = 0;
    size_t fine = 0;
    for (size_t i = first_of(model, index); i < world->count && model->bindings[i].host == host; i++) {
        const struct check_plan *plan = model->bindings[i].plan;
        const struct state *state = &world->records[i].state;
        if (plan->verify || !(plan->when & 1U << STATUS_CONFIGURED))
            continue;
        all++;
        if (is_fine(state))
            fine++;
        else if (all - fine <= NAMED_MOST)
            text_format(&others, "%s%s %s", others.length ? ", " : "; not: ", plan->name,
                        state->known ? verdict_name(state->verdict) : "PENDING");
    }
    text_format(text, "%zu of %zu checks are OK%s%s", fine, all, others.length ? others.bytes : "",
                all - fine > NAMED_MOST ? ", ..." : "");
    text_release(&others);
    return all > 0 && fine == all;
}

static void tell(struct world *world, uint32_t index, int64_t now, world_sink *sink, void *owner)
{
    const struct verify *verify = world->model->bindings[index].plan->verify;
    const struct state *state = &world->records[index].state;
    struct text text = TEXT_INIT;
    bool fine = write_checks(&text, world, index);
    bool late = state->known && now >= state->hard_since + verify->timeout;
    if (late && !fine) {
        text_add(&text, "; it was to be verified within ");
        duration_write(&text, verify->timeout);
    }
    struct result result = {.verdict = fine   ? VERDICT_OK
                                       : late ? VERDICT_CRITICAL
                                              : VERDICT_WARNING,
                            .at = now,
                            .text = text.bytes,
                            .computed = true};
    world_take(world, index, &result, now, sink, owner);
    text_release(&text);
}

static bool lasts(const struct state *state)
{
    return !state->known || state->hard == VERDICT_WARNING;
}

void world_verify_told(const struct turn *turn)
{
    const struct host *host = turn->binding->host;
    if (host->status != STATUS_CONFIGURED || !host->service->verify || turn->binding->plan->verify)
        return;
    int64_t index = model_binding(turn->world->model, host->name, host->service->verify->name);
    if (index != MODEL_NONE && lasts(&turn->world->records[index].state))
        tell(turn->world, (uint32_t)index, turn->now, turn->sink, turn->owner);
}

int64_t world_verify_due(const struct world *world, uint32_t index)
{
    const struct state *state = &world->records[index].state;
    if (!state->known)
        return world->started;
    return lasts(state) ? state->hard_since + world->model->bindings[index].plan->verify->timeout : 0;
}

void world_verify_tick(const struct turn *turn)
{
    tell(turn->world, turn->index, turn->now, turn->sink, turn->owner);
}
