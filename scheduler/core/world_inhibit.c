/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Problems that are held back because another, by a rule of the configuration, explains them. Computed from the states
 * alone: nothing of it is kept, and a restart changes nothing. Source of the rules: Alertmanager. */
#include "scheduler/core/world_calm_parts.h"

#include "lib/text.h"

/* Its hard state is one that inhibits. */
static bool is_source(const struct world *world, const struct inhibit_rule *rule, uint32_t index)
{
    const struct record *record = &world->records[index];
    return record->problem && record->state.hard != VERDICT_OK && rule->states & 1U << record->state.hard &&
           matcher_matches(rule->source, &world->model->bindings[index]);
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

static const struct binding *inhibitor(const struct world *world, const struct inhibit_rule *rule,
                                       uint32_t index)
{
    const struct binding *binding = &world->model->bindings[index];
    if (!matcher_matches(rule->target, binding))
        return NULL;
    bool both = is_source(world, rule, index);
    for (uint32_t i = 0; i < world->count; i++) {
        const struct binding *other = &world->model->bindings[i];
        if (i == index || !world->records[i].problem || !are_equal(rule, other, binding) ||
            !is_source(world, rule, i))
            continue;
        /* What matches both sides is not held back by another such: else two would hold each other. */
        if (!both || !matcher_matches(rule->target, other))
            return other;
    }
    return NULL;
}

void world_inhibit_facts(const struct turn *turn, struct quiet_facts *facts)
{
    const struct model *model = turn->world->model;
    for (size_t i = 0; i < model->inhibit_count && !facts->inhibited_by; i++)
        facts->inhibited_by = inhibitor(turn->world, &model->inhibits[i], turn->index);
}

static bool may_inhibit(const struct turn *turn)
{
    const struct model *model = turn->world->model;
    for (size_t i = 0; i < model->inhibit_count; i++)
        if (matcher_matches(model->inhibits[i].source, turn->binding))
            return true;
    return false;
}

/* What recovers with its source shows that in its next result, which is asked for; without one it is told after a
 * while. */
static void let_go(struct turn *turn, uint32_t index)
{
    struct world *world = turn->world;
    struct turn other = world_turn(world, index, turn->now, turn->sink, turn->owner);
    int64_t hold = world->model->site.alerting.hold;
    struct quiet_facts facts = {.inhibited_by = NULL};
    world_inhibit_facts(&other, &facts);
    if (facts.inhibited_by)
        return;
    if (hold == 0 || !world_source_can_be_asked(world, index, turn->now)) {
        world_settle(&other, false);
        return;
    }
    struct text reason = TEXT_INIT;
    text_format(&reason, "\"%s/%s\", which inhibited it, has changed", turn->binding->host->name,
                turn->binding->plan->name);
    world_source_run(&other, index, reason.bytes);
    plan_set(world->timers, index, turn->now + hold);
    text_release(&reason);
}

void world_inhibit_told(struct turn *turn, unsigned changes)
{
    struct world *world = turn->world;
    if (!(changes & (STATE_HARD_PROBLEM | STATE_HARD_RECOVERY)) || !may_inhibit(turn))
        return;
    for (uint32_t i = 0; i < world->count; i++)
        if (i != turn->index && world->records[i].problem &&
            world->records[i].problem->quiet == QUIET_INHIBITED)
            let_go(turn, i);
}
