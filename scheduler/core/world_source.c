/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a check rests on: asked at once before the check is told, and the other way round after a recovery. */
#include "scheduler/core/links.h"
#include "scheduler/core/world_parts.h"

#include "lib/text.h"

/* Whether the daemon can run it now. */
static bool can_be_asked(const struct world *world, uint32_t index)
{
    const struct binding *binding = &world->model->bindings[index];
    return binding->plan->command.count > 0 && (binding->plan->when & 1U << binding->host->status);
}

/* A result from before says nothing of now, and a soft state not yet. */
static bool is_awaited(const struct world *world, uint32_t index, int64_t since)
{
    const struct state *state = &world->records[index].state;
    if (!can_be_asked(world, index))
        return false;
    return !state->known || state->last_result < since || state->type == STATE_SOFT;
}

void world_source_facts(const struct turn *turn, struct quiet_facts *facts)
{
    const struct world *world = turn->world;
    const struct state *state = &turn->record->state;
    int64_t until = state->hard_since + world->model->site.alerting.hold;
    struct links_list sources = {.items = NULL};
    if (state->hard == VERDICT_OK || turn->now >= until)
        return;
    links_sources(world->model, turn->index, &sources);
    for (size_t i = 0; i < sources.count && !facts->awaited; i++) {
        if (is_awaited(world, sources.items[i], state->hard_since)) {
            facts->awaited = &world->model->bindings[sources.items[i]];
            facts->awaited_until = until;
        }
    }
    links_list_release(&sources);
}

static void ask(const struct turn *turn, uint32_t index, const char *reason)
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

void world_source_ask(const struct turn *turn)
{
    struct links_list sources = {.items = NULL};
    struct text reason = TEXT_INIT;
    text_format(&reason, "before \"%s/%s\" is told", turn->binding->host->name, turn->binding->plan->name);
    links_sources(turn->world->model, turn->index, &sources);
    for (size_t i = 0; i < sources.count; i++)
        if (is_awaited(turn->world, sources.items[i], turn->record->state.hard_since))
            ask(turn, sources.items[i], reason.bytes);
    links_list_release(&sources);
    text_release(&reason);
}

/* Quiet for what others do, so that their results may end it. */
static bool waits_for_others(enum quiet_reason reason)
{
    return reason == QUIET_HOST_DOWN || reason == QUIET_UNREACHABLE || reason == QUIET_DEPENDS ||
           reason == QUIET_PARENT;
}

static void ask_after_recovery(const struct turn *turn, uint32_t index)
{
    const struct state *state = &turn->world->records[index].state;
    struct text reason = TEXT_INIT;
    if (!state->known || state->verdict == VERDICT_OK || !can_be_asked(turn->world, index))
        return;
    text_format(&reason, "\"%s/%s\" has recovered", turn->binding->host->name, turn->binding->plan->name);
    ask(turn, index, reason.bytes);
    text_release(&reason);
}

void world_source_told(const struct turn *turn, unsigned changes)
{
    size_t count = 0;
    const uint32_t *dependents = links_dependents(turn->world->links, turn->index, &count);
    for (size_t i = 0; i < count; i++) {
        struct turn other = world_turn(turn->world, dependents[i], turn->now, turn->sink, turn->owner);
        if (changes & STATE_HARD_RECOVERY)
            ask_after_recovery(turn, dependents[i]);
        if (other.record->problem && waits_for_others(other.record->problem->quiet))
            world_settle(&other, false);
    }
}
