/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Problems that are held back because another, by a rule of the configuration, explains them. Computed from the states
 * alone: nothing of it is kept, and a restart changes nothing. Source of the rules: Alertmanager. */
#include "scheduler/core/world_calm_parts.h"

#include "lib/text.h"
#include "scheduler/core/links.h"

/* Of what a problem may be inhibited by, so many are asked and waited for. */
enum { ASKED_MAX = 64 };

/* Its hard state is one that inhibits, if it is a source. */
static bool is_failing(const struct world *world, const struct inhibit_rule *rule, uint32_t index)
{
    const struct record *record = &world->records[index];
    return record->problem && record->state.hard != VERDICT_OK && rule->states & 1U << record->state.hard;
}

static bool is_source(const struct world *world, const struct inhibit_rule *rule, uint32_t index)
{
    return is_failing(world, rule, index) && matcher_matches(rule->source, &world->model->bindings[index]);
}

static const char *value_of(const struct binding *binding, const char *key)
{
    if (strcmp(key, "host") == 0)
        return binding->host->name;
    if (strcmp(key, "service") == 0)
        return binding->host->service ? binding->host->service->name : "";
    return matcher_tag(binding, key + strlen("tag."));
}

static bool are_equal(const struct inhibit_rule *rule, const struct binding *one, const struct binding *other)
{
    for (size_t i = 0; i < rule->equal.count; i++)
        if (strcmp(value_of(one, rule->equal.items[i]), value_of(other, rule->equal.items[i])) != 0)
            return false;
    return true;
}

/* Whether ${source}, if it fails, holds back ${index}. What matches both sides is not held back by another such: else two
 * would hold each other. */
static bool would_inhibit(const struct world *world, const struct inhibit_rule *rule, uint32_t source,
                          uint32_t index)
{
    const struct binding *binding = &world->model->bindings[index];
    const struct binding *other = &world->model->bindings[source];
    return source != index && are_equal(rule, other, binding) &&
           (!is_source(world, rule, index) || !matcher_matches(rule->target, other));
}

static const struct binding *inhibitor(const struct world *world, size_t number, uint32_t index)
{
    const struct inhibit_rule *rule = &world->model->inhibits[number];
    size_t count = 0;
    const uint32_t *sources = links_inhibitors(world->links, number, &count);
    if (!matcher_matches(rule->target, &world->model->bindings[index]))
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (is_failing(world, rule, sources[i]) && would_inhibit(world, rule, sources[i], index))
            return &world->model->bindings[sources[i]];
    return NULL;
}

void world_inhibit_facts(const struct turn *turn, struct quiet_facts *facts)
{
    const struct model *model = turn->world->model;
    for (size_t i = 0; i < model->inhibit_count && !facts->inhibited_by; i++)
        facts->inhibited_by = inhibitor(turn->world, i, turn->index);
}

void world_inhibit_sources(const struct turn *turn, struct links_list *list)
{
    const struct world *world = turn->world;
    size_t room = list->count + ASKED_MAX;
    for (size_t r = 0; r < world->model->inhibit_count; r++) {
        const struct inhibit_rule *rule = &world->model->inhibits[r];
        size_t count = 0;
        const uint32_t *sources = links_inhibitors(world->links, r, &count);
        if (!matcher_matches(rule->target, turn->binding))
            continue;
        for (size_t i = 0; i < count && list->count < room; i++)
            if (would_inhibit(world, rule, sources[i], turn->index))
                (void)links_add(list, sources[i]);
    }
}

/* Its next result, or those that it is counted from; false: none will come of asking. */
static bool ask_for_result(const struct turn *turn, const struct world *world, const char *reason)
{
    if (model_is_counted(world->model->bindings[turn->index].plan))
        return world_serving_ask(turn, turn->index, reason);
    if (!world_source_can_be_asked(world, turn->index, turn->now))
        return false;
    world_source_run(turn, turn->index, reason);
    return true;
}

/* What recovers with its source shows that in its next result, which is asked for; without one it is told after a
 * while. A result of the same instant is one. */
static void let_go(struct turn *turn, uint32_t index)
{
    struct world *world = turn->world;
    struct turn other = world_turn(world, index, turn->now, turn->sink, turn->owner);
    int64_t hold = world->model->site.alerting.hold;
    struct quiet_facts facts = {.inhibited_by = NULL};
    world_inhibit_facts(&other, &facts);
    if (facts.inhibited_by)
        return;
    struct text reason = TEXT_INIT;
    text_format(&reason, "\"%s/%s\", which inhibited it, has changed", turn->binding->host->name,
                turn->binding->plan->name);
    if (hold > 0 && other.record->state.last_result < turn->now &&
        ask_for_result(&other, world, reason.bytes))
        plan_set(world->timers, index, turn->now + hold);
    else
        world_settle_after(&other);
    text_release(&reason);
}

void world_inhibit_told(struct turn *turn, unsigned changes)
{
    struct world *world = turn->world;
    bool changed = changes & (STATE_HARD_PROBLEM | STATE_HARD_RECOVERY);
    if ((!changed && turn->now > world->awaited_until) || !links_inhibits(world->links, turn->index))
        return;
    for (uint32_t i = 0; i < world->count; i++) {
        const struct problem *problem = world->records[i].problem;
        if (i == turn->index || !problem)
            continue;
        if (problem->quiet == QUIET_INHIBITED && changed) {
            let_go(turn, i);
        } else if (problem->quiet == QUIET_PARENT || problem->quiet == QUIET_GRACE) {
            struct turn other = world_turn(world, i, turn->now, turn->sink, turn->owner);
            world_settle_after(&other);
        }
    }
}
