/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many hosts of a service serve: a check whose results the world makes itself, whenever a host begins or ceases to
 * serve. A host that has shown no result yet is taken to serve, so that a start makes no outage. */
#include "scheduler/core/links.h"
#include "scheduler/core/world_parts.h"

#include "lib/memory.h"
#include "lib/text.h"

#include <assert.h>
#include <stdlib.h>

enum { NAMED_MOST = 5 }; /* hosts that do not serve, in the text */

/* One service that says how many of its hosts must serve. */
struct tally {
    uint32_t binding;  /* of the check that it becomes */
    uint32_t *members; /* bindings of its hosts, in order */
    bool *serves;      /* as they were counted */
    size_t count, room, serving;
};

static bool is_member(const struct binding *binding)
{
    const struct serving *serving = binding->host->service->serving;
    return serving && binding->host->status == STATUS_ACTIVE &&
           strcmp(serving->check, binding->plan->name) == 0;
}

/* NULL: the service is counted nowhere. */
static void add_member(struct tally *tally, uint32_t index)
{
    if (!tally)
        return;
    if (tally->count == tally->room) {
        tally->room = tally->room ? tally->room * 2 : 8;
        tally->members = memory_grow(tally->members, tally->room, sizeof *tally->members);
    }
    tally->members[tally->count++] = index;
}

static struct tally *tally_of(const struct world *world, const struct serving *serving)
{
    for (size_t i = 0; i < world->tally_count; i++)
        if (world->model->bindings[world->tallies[i].binding].plan->serving == serving)
            return &world->tallies[i];
    return NULL;
}

void world_serving_release(struct world *world)
{
    for (size_t i = 0; i < world->tally_count; i++) {
        free(world->tallies[i].members);
        free(world->tallies[i].serves);
    }
    free(world->tallies);
    world->tallies = NULL;
    world->tally_count = 0;
}

void world_serving_make(struct world *world)
{
    const struct model *model = world->model;
    world_serving_release(world);
    for (size_t i = 0; i < model->binding_count; i++) {
        if (!model->bindings[i].plan->serving)
            continue;
        world->tallies = memory_grow(world->tallies, world->tally_count + 1, sizeof *world->tallies);
        world->tallies[world->tally_count++] = (struct tally){.binding = (uint32_t)i};
    }
    for (size_t i = 0; world->tally_count && i < model->binding_count; i++)
        if (is_member(&model->bindings[i]))
            add_member(tally_of(world, model->bindings[i].host->service->serving), (uint32_t)i);
    for (size_t i = 0; i < world->tally_count; i++)
        world->tallies[i].serves = memory_get(world->tallies[i].count + 1, sizeof(bool));
    world->tallies_due = world->tally_count > 0;
}

static bool serves(const struct world *world, uint32_t index)
{
    const struct state *state = &world->records[index].state;
    int64_t since;
    if (!state->known)
        return true;
    return (state->hard == VERDICT_OK || state->hard == VERDICT_WARNING) &&
           world_host_state(world, world->model->bindings[index].host, &since) == HOST_UP;
}

static bool suffices(const struct serving *serving, size_t count, size_t total)
{
    return serving->share > 0 ? (double)count * 100 >= serving->share * (double)total
                              : (int64_t)count >= serving->count;
}

static enum verdict judge(const struct world *world, const struct tally *tally)
{
    const struct serving *serving = world->model->bindings[tally->binding].plan->serving;
    if (tally->count == 0)
        return VERDICT_UNKNOWN;
    if (!suffices(serving, tally->serving, tally->count))
        return VERDICT_CRITICAL;
    return tally->serving < tally->count ? VERDICT_WARNING : VERDICT_OK;
}

static void write_text(struct text *text, const struct world *world, const struct tally *tally)
{
    const struct serving *serving = world->model->bindings[tally->binding].plan->serving;
    size_t named = 0;
    text_format(text, "%zu of %zu hosts serve", tally->serving, tally->count);
    if (serving->share > 0)
        text_format(text, ", at least %g %% must", serving->share);
    else
        text_format(text, ", at least %lld must", (long long)serving->count);
    for (size_t i = 0; i < tally->count && named <= NAMED_MOST; i++) {
        if (tally->serves[i])
            continue;
        text_add(text, named == 0 ? "; not: " : ", ");
        text_add(text, named++ < NAMED_MOST ? world->model->bindings[tally->members[i]].host->name : "...");
    }
}

static void tell(struct world *world, const struct tally *tally, int64_t now, world_sink *sink, void *owner)
{
    struct text text = TEXT_INIT;
    write_text(&text, world, tally);
    struct result result = {.verdict = judge(world, tally), .at = now, .text = text.bytes, .computed = true};
    world_take(world, tally->binding, &result, now, sink, owner);
    text_release(&text);
}

static bool any_known(const struct world *world, const struct tally *tally)
{
    bool known = world->records[tally->binding].state.known;
    for (size_t i = 0; i < tally->count && !known; i++)
        known = world->records[tally->members[i]].state.known;
    return known;
}

static void count_all(const struct world *world, struct tally *tally)
{
    tally->serving = 0;
    for (size_t i = 0; i < tally->count; i++)
        tally->serving += tally->serves[i] = serves(world, tally->members[i]);
}

void world_serving_tick(struct world *world, int64_t now, world_sink *sink, void *owner)
{
    if (!world->tallies_due)
        return;
    world->tallies_due = false;
    for (size_t i = 0; i < world->tally_count; i++) {
        struct tally *tally = &world->tallies[i];
        const struct state *state = &world->records[tally->binding].state;
        count_all(world, tally);
        if (any_known(world, tally) && (!state->known || state->hard != judge(world, tally)))
            tell(world, tally, now, sink, owner);
    }
}

static int compare(const void *a, const void *b)
{
    const uint32_t *left = a;
    const uint32_t *right = b;
    return *left < *right ? -1 : *left > *right;
}

static void look_at(const struct turn *turn, uint32_t index)
{
    struct world *world = turn->world;
    const struct binding *binding = &world->model->bindings[index];
    struct tally *tally = is_member(binding) ? tally_of(world, binding->host->service->serving) : NULL;
    if (!tally || !world->records[index].state.known)
        return;
    const uint32_t *found = bsearch(&index, tally->members, tally->count, sizeof index, compare);
    assert(found); /* it is a member */
    size_t place = (size_t)(found - tally->members);
    bool now = serves(world, index);
    bool first = !world->records[tally->binding].state.known;
    tally->serving += (size_t)now - (size_t)tally->serves[place];
    if (!first && now == tally->serves[place])
        return;
    tally->serves[place] = now;
    tell(world, tally, turn->now, turn->sink, turn->owner);
}

void world_serving_told(const struct turn *turn)
{
    size_t count = 0;
    if (turn->world->tally_count == 0)
        return;
    world_serving_tick(turn->world, turn->now, turn->sink, turn->owner);
    look_at(turn, turn->index);
    const uint32_t *dependents = links_dependents(turn->world->links, turn->index, &count);
    for (size_t i = 0; i < count; i++)
        look_at(turn, dependents[i]);
}

bool world_serving_ask(const struct turn *turn, uint32_t index, const char *reason)
{
    const struct world *world = turn->world;
    const struct serving *serving = world->model->bindings[index].plan->serving;
    const struct tally *tally = serving ? tally_of(world, serving) : NULL;
    bool asked = false;
    for (size_t i = 0; tally && i < tally->count; i++) {
        if (tally->serves[i] || !world_source_can_be_asked(world, tally->members[i], turn->now))
            continue;
        world_source_run(turn, tally->members[i], reason);
        asked = true;
    }
    return asked;
}

bool world_serving_lost(const struct turn *turn, size_t *serving, size_t *hosts)
{
    const struct host *host = turn->binding->host;
    const struct tally *tally =
        host->service && host->service->serving ? tally_of(turn->world, host->service->serving) : NULL;
    bool serves_now = false;
    if (!tally || tally->serving == tally->count)
        return false;
    for (size_t i = 0; i < tally->count; i++)
        serves_now |= tally->serves[i] && turn->world->model->bindings[tally->members[i]].host == host;
    *serving = tally->serving;
    *hosts = tally->count;
    return serves_now;
}

bool world_redundancy(const struct world *world, uint32_t binding, struct redundancy *redundancy)
{
    const struct serving *serving = world->model->bindings[binding].plan->serving;
    const struct tally *tally = serving ? tally_of(world, serving) : NULL;
    if (!tally)
        return false;
    *redundancy = (struct redundancy){.serving = tally->serving,
                                      .hosts = tally->count,
                                      .spare = tally->serving > 0 &&
                                               suffices(serving, tally->serving - 1, tally->count)};
    return true;
}
