/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a check rests on: asked at once before the check is told, and the other way round after a recovery. */
#include "scheduler/core/links.h"
#include "scheduler/core/world_parts.h"

#include "lib/text.h"

/* Whether the daemon can run it now. */
bool world_source_can_be_asked(const struct world *world, uint32_t index, int64_t now)
{
    return world->model->bindings[index].plan->command.count > 0 && world_counts(world, index, now);
}

/* A result from before says nothing of now, and a soft state not yet. */
static bool is_awaited(const struct world *world, uint32_t index, int64_t since, int64_t now)
{
    const struct state *state = &world->records[index].state;
    if (!world_source_can_be_asked(world, index, now))
        return false;
    return !state->known || state->last_result < since || state->type == STATE_SOFT;
}

/* What was known before the start, or under another configuration. */
static bool is_old(const struct world *world, uint32_t index)
{
    const struct state *state = &world->records[index].state;
    return state->known && state->last_result < world->begun;
}

static void look_for_old(const struct turn *turn, const struct links_list *sources, struct quiet_facts *facts)
{
    const struct world *world = turn->world;
    int64_t until = world->begun + world->model->site.alerting.grace;
    if (world->begun == 0 || turn->now >= until || facts->told)
        return;
    if (is_old(world, turn->index))
        facts->old = turn->binding;
    for (size_t i = 0; i < sources->count && !facts->old; i++)
        if (is_old(world, sources->items[i]))
            facts->old = &world->model->bindings[sources->items[i]];
    facts->old_until = until;
}

/* A fresh result that is bad in a soft state: its attempts are made within the hold, however far apart its retries are,
 * so that it is known to be down before the child is told. */
static int64_t again_at(const struct world *world, uint32_t index, int64_t since)
{
    const struct state *state = &world->records[index].state;
    bool fresh = state->known && state->last_result >= since && state->type == STATE_SOFT;
    return fresh ? state->last_result +
                       world->model->site.alerting.hold / world->model->bindings[index].plan->attempts
                 : 0;
}

static void look_for_awaited(const struct turn *turn, const struct links_list *sources,
                             struct quiet_facts *facts)
{
    const struct world *world = turn->world;
    int64_t since = turn->record->state.hard_since;
    facts->awaited_until = since + world->model->site.alerting.hold;
    for (size_t i = 0; turn->now < facts->awaited_until && i < sources->count; i++) {
        uint32_t index = sources->items[i];
        if (!is_awaited(world, index, since, turn->now))
            continue;
        if (!facts->awaited)
            facts->awaited = &world->model->bindings[index];
        int64_t again = again_at(world, index, since);
        if (again > turn->now && again < facts->awaited_until)
            facts->awaited_again = world_earlier(facts->awaited_again, again);
    }
}

/* What the check rests on, and what would explain its problem. */
static void sources_of(const struct turn *turn, struct links_list *sources)
{
    links_sources(turn->world->model, turn->index, sources);
    world_inhibit_sources(turn, sources);
}

void world_source_facts(const struct turn *turn, struct quiet_facts *facts)
{
    struct links_list sources = {.items = NULL};
    if (turn->record->state.hard == VERDICT_OK)
        return;
    sources_of(turn, &sources);
    look_for_old(turn, &sources, facts);
    look_for_awaited(turn, &sources, facts);
    int64_t until = facts->old ? facts->old_until : facts->awaited ? facts->awaited_until : 0;
    if (until > turn->world->awaited_until)
        turn->world->awaited_until = until;
    links_list_release(&sources);
}

void world_source_run(const struct turn *turn, uint32_t index, const char *reason)
{
    const struct binding *binding = &turn->world->model->bindings[index];
    const struct state *state = &turn->world->records[index].state;
    struct decision decision = {.kind = DECISION_CHECK,
                                .at = turn->now,
                                .binding = index,
                                .subject = binding->host->name,
                                .name = binding->plan->name,
                                .problem = state->problem,
                                .verdict = state->verdict,
                                .type = state->type,
                                .attempt = state->attempt,
                                .flapping = state->flapping,
                                .reason = reason};
    turn->sink(turn->owner, &decision);
}

static bool is_to_be_asked(const struct turn *turn, uint32_t index, bool news)
{
    const struct world *world = turn->world;
    int64_t since = turn->record->state.hard_since;
    int64_t again = again_at(world, index, since);
    if (!world_source_can_be_asked(world, index, turn->now))
        return false;
    if (news)
        return is_awaited(world, index, since, turn->now) || is_old(world, index);
    return again && again <= turn->now;
}

void world_source_ask(const struct turn *turn, bool news)
{
    struct links_list sources = {.items = NULL};
    struct text reason = TEXT_INIT;
    text_format(&reason, "before \"%s/%s\" is told", turn->binding->host->name, turn->binding->plan->name);
    sources_of(turn, &sources);
    for (size_t i = 0; i < sources.count; i++)
        if (is_to_be_asked(turn, sources.items[i], news))
            world_source_run(turn, sources.items[i], reason.bytes);
    links_list_release(&sources);
    text_release(&reason);
}

bool world_source_awaits(enum quiet_reason reason)
{
    return reason == QUIET_HOST_DOWN || reason == QUIET_UNREACHABLE || reason == QUIET_DEPENDS ||
           reason == QUIET_PARENT || reason == QUIET_GRACE;
}

static void ask_after_recovery(const struct turn *turn, uint32_t index)
{
    const struct state *state = &turn->world->records[index].state;
    struct text reason = TEXT_INIT;
    if (!state->known || state->verdict == VERDICT_OK ||
        !world_source_can_be_asked(turn->world, index, turn->now))
        return;
    text_format(&reason, "\"%s/%s\" has recovered", turn->binding->host->name, turn->binding->plan->name);
    world_source_run(turn, index, reason.bytes);
    text_release(&reason);
}

/* What is stale and was quiet for others is looked at once more: no result would come of it by itself. */
static void settle(struct turn *turn)
{
    world_settle_after(turn);
    if (turn->record->state.stale)
        world_fresh_again(turn->world, turn->index, turn->now);
}

void world_source_told(const struct turn *turn, unsigned changes)
{
    size_t count = 0;
    const uint32_t *dependents = links_dependents(turn->world->links, turn->index, &count);
    for (size_t i = 0; i < count; i++) {
        struct turn other = world_turn(turn->world, dependents[i], turn->now, turn->sink, turn->owner);
        if (changes & STATE_HARD_RECOVERY)
            ask_after_recovery(turn, dependents[i]);
        if (other.record->problem && world_source_awaits(other.record->problem->quiet))
            settle(&other);
    }
}
