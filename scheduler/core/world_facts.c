/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a decision about one check rests on: itself, and the checks on which it depends. */
#include "scheduler/core/links.h"
#include "scheduler/core/world_calm_parts.h"

/* A dependency that is well again says nothing about results from before. */
static enum standing standing_of(const struct turn *turn, const char *name)
{
    const struct state *own = &turn->record->state;
    int64_t index = links_named(turn->world->model, turn->index, name);
    const struct state *state =
        index == MODEL_NONE || index == turn->index ? NULL : &turn->world->records[index].state;
    return world_standing(state, state && state->hard != VERDICT_OK, own->last_result);
}

static void note_blocker(struct quiet_facts *facts, const char *name, enum standing standing)
{
    if (standing == STANDING_FINE || (facts->blocked_by && !facts->blocker_recovered))
        return;
    facts->blocked_by = name;
    facts->blocker_recovered = standing == STANDING_RECOVERED;
}

static void look_at_dependencies(const struct turn *turn, struct quiet_facts *facts)
{
    const struct check_plan *plan = turn->binding->plan;
    bool any_fine = plan->depends_any.count == 0;
    for (size_t i = 0; i < plan->depends_any.count; i++)
        any_fine |= standing_of(turn, plan->depends_any.items[i]) == STANDING_FINE;
    for (size_t i = 0; i < plan->depends_any.count && !any_fine; i++)
        note_blocker(facts, plan->depends_any.items[i], standing_of(turn, plan->depends_any.items[i]));
    for (size_t i = 0; i < plan->depends_all.count; i++)
        note_blocker(facts, plan->depends_all.items[i], standing_of(turn, plan->depends_all.items[i]));
}

void world_facts(const struct turn *turn, struct quiet_facts *facts)
{
    const struct problem *problem = turn->record->problem;
    *facts = (struct quiet_facts){.model = turn->world->model,
                                  .binding = turn->binding,
                                  .state = &turn->record->state,
                                  .delay_from = turn->now};
    world_window_facts(turn, facts);
    world_host_facts(turn, facts);
    look_at_dependencies(turn, facts);
    world_downtime_facts(turn, facts);
    world_inhibit_facts(turn, facts);
    facts->silence = world_silence_of(turn);
    if (!problem)
        return;
    facts->delay_from = problem->worth_since;
    facts->told = record_anyone_told(problem, TOLD_PROBLEM);
    world_source_facts(turn, facts);
    if (problem->acknowledgement) {
        facts->acknowledged_by = problem->acknowledgement->author;
        facts->acknowledged_until = problem->acknowledgement->until;
    } else {
        world_keep_facts(turn, facts);
    }
}
