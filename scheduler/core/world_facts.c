/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a decision about one check rests on: itself, and the checks on which it depends. */
#include "scheduler/core/world_parts.h"

/* The state of what `depends_on` or `alive` names; NULL when it is not there, or the check itself. */
static const struct state *other(const struct turn *turn, const char *name)
{
    const struct model *model = turn->world->model;
    int64_t index = strchr(name, '/') ? model_binding_named(model, name)
                                      : model_binding(model, turn->binding->host->name, name);
    return index == MODEL_NONE || index == turn->index ? NULL : &turn->world->records[index].state;
}

enum standing { FINE, RECOVERED, BAD };

/* A dependency that is well again says nothing about results from before. */
static enum standing standing_of(const struct turn *turn, const char *name)
{
    const struct state *state = other(turn, name);
    if (!state || !state->known)
        return FINE;
    if (state->hard != VERDICT_OK)
        return BAD;
    return state->hard_since > turn->record->state.last_result ? RECOVERED : FINE;
}

static void note_blocker(struct quiet_facts *facts, const char *name, enum standing standing)
{
    if (standing == FINE || (facts->blocked_by && !facts->blocker_recovered))
        return;
    facts->blocked_by = name;
    facts->blocker_recovered = standing == RECOVERED;
}

static void look_at_dependencies(const struct turn *turn, struct quiet_facts *facts)
{
    const struct check_plan *plan = turn->binding->plan;
    bool any_fine = plan->depends_any.count == 0;
    for (size_t i = 0; i < plan->depends_any.count; i++)
        any_fine |= standing_of(turn, plan->depends_any.items[i]) == FINE;
    for (size_t i = 0; i < plan->depends_any.count && !any_fine; i++)
        note_blocker(facts, plan->depends_any.items[i], standing_of(turn, plan->depends_any.items[i]));
    for (size_t i = 0; i < plan->depends_all.count; i++)
        note_blocker(facts, plan->depends_all.items[i], standing_of(turn, plan->depends_all.items[i]));
}

void world_facts(const struct turn *turn, struct quiet_facts *facts)
{
    const struct problem *problem = turn->record->problem;
    const char *alive = turn->binding->host->alive;
    *facts = (struct quiet_facts){.model = turn->world->model,
                                  .binding = turn->binding,
                                  .state = &turn->record->state,
                                  .delay_from = turn->now};
    if (alive && standing_of(turn, alive) == BAD)
        facts->down = alive;
    look_at_dependencies(turn, facts);
    if (!problem)
        return;
    facts->delay_from = problem->worth_since;
    facts->told = record_anyone_told(problem, TOLD_PROBLEM);
    if (problem->acknowledgement) {
        facts->acknowledged_by = problem->acknowledgement->author;
        facts->acknowledged_until = problem->acknowledgement->until;
    }
}
