/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whom else a problem goes to when nobody acknowledges: up the rota of each group by its `escalate_after`, and on to
 * further groups by the rule's `escalate`. Both count from when it was first told (or
 * nobody could be), and again from the end of an
 * acknowledgement. After a long quiet it goes up one person at a time. */
#include "scheduler/core/rota.h"
#include "scheduler/core/world_parts.h"

#include "lib/memory.h"

static void add(struct called *list, size_t *count, const struct called *called)
{
    for (size_t i = 0; i < *count; i++) {
        if (list[i].group != called->group)
            continue;
        bool higher = called->urgency > list[i].urgency;
        list[i].now |= called->now;
        if (higher)
            list[i].urgency = called->urgency;
        return;
    }
    list[(*count)++] = *called;
}

static bool is_due(const struct turn *turn, unsigned step)
{
    const struct alert_rule *rule = turn->binding->plan->alert;
    const struct problem *problem = turn->record->problem;
    return problem->escalates && step < rule->step_count &&
           turn->now >= problem->escalates_from + rule->steps[step].after;
}

struct called *world_escalate_groups(const struct turn *turn, size_t *count)
{
    const struct alert_rule *rule = turn->binding->plan->alert;
    struct problem *problem = turn->record->problem;
    enum urgency urgency = rule->urgency[turn->record->state.verdict];
    unsigned taken = problem->steps;
    size_t room = rule->group_count;
    while (is_due(turn, problem->steps))
        problem->steps++;
    unsigned steps = problem->steps < rule->step_count ? problem->steps : (unsigned)rule->step_count;
    for (unsigned i = 0; i < steps; i++)
        room += rule->steps[i].group_count;
    struct called *list = memory_get(room + 1, sizeof *list);
    *count = 0;
    for (size_t i = 0; i < rule->group_count; i++)
        add(list, count, &(struct called){.group = rule->groups[i], .urgency = urgency});
    for (unsigned i = 0; i < steps; i++) {
        const struct escalation *step = &rule->steps[i];
        for (size_t j = 0; j < step->group_count; j++)
            add(list, count,
                &(struct called){.group = step->groups[j],
                                 .urgency = step->urgency == URGENCY_NONE ? urgency : step->urgency,
                                 .step = i + 1,
                                 .now = i >= taken});
    }
    return list;
}

int64_t world_escalate_next(const struct turn *turn)
{
    const struct alert_rule *rule = turn->binding->plan->alert;
    const struct problem *problem = turn->record->problem;
    if (!problem->escalates || problem->steps >= rule->step_count)
        return 0;
    return problem->escalates_from + rule->steps[problem->steps].after;
}

static bool knows(const struct problem *problem, const struct user *user, enum urgency urgency)
{
    for (size_t i = 0; i < problem->told_count; i++) {
        const struct told *told = &problem->told[i];
        if (told->of & TOLD_PROBLEM && told->urgency >= urgency && strcmp(told->user, user->name) == 0)
            return true;
    }
    return false;
}

/* The first on the rota at ${at}, epoch seconds, who can be reached and does not know; ${level}: how far up. */
static const struct user *find_unaware(const struct turn *turn, const struct called *called, int64_t at,
                                       unsigned *level)
{
    const struct problem *problem = turn->record->problem;
    const struct user *user;
    *level = 0;
    do
        user = rota_first_for(turn->world->model, called->group, called->urgency,
                              model_importance(turn->binding), at, (*level)++);
    while (user && knows(problem, user, called->urgency));
    --*level;
    return user;
}

const struct user *world_escalate_climb(const struct turn *turn, const struct called *called, int64_t *next)
{
    int64_t after = called->group->escalate_after;
    struct told_group *part = record_group(turn->record->problem, called->group->name);
    unsigned level;
    *next = 0;
    if (!after || !part->last.told)
        return NULL;
    *next = part->climbed + after;
    if (turn->now < *next)
        return NULL;
    part->climbed = turn->now;
    *next = turn->now + after;
    const struct user *user = find_unaware(turn, called, world_seconds(turn->now), &level);
    if (user && level > part->level)
        part->level = level;
    return user;
}

/* It is tried at each ${after}, because a shift may begin whose people do not know. */
static int64_t when_of(const struct turn *turn, const struct called *called, int64_t due, int64_t after,
                       int64_t ahead)
{
    int64_t at = world_seconds(due), until = at + ahead + 1;
    unsigned level;
    while (at < until && !find_unaware(turn, called, at, &level))
        at = rota_next_change(turn->world->model, called->group, called->urgency, at, until);
    int64_t wait = at * 1000 > due ? at * 1000 - due : 0;
    return at >= until ? 0 : due + (wait + after - 1) / after * after;
}

int64_t world_escalate_when(const struct turn *turn, int64_t ahead)
{
    struct problem *problem = turn->record->problem;
    unsigned taken = problem->steps;
    size_t count = 0;
    struct called *called = world_escalate_groups(turn, &count);
    int64_t next = world_escalate_next(turn);
    for (size_t i = 0; i < count; i++) {
        const struct told_group *part = record_group(problem, called[i].group->name);
        int64_t after = called[i].group->escalate_after, due = part->climbed + after;
        if (after && part->last.told)
            next = world_earlier(next,
                                 when_of(turn, &called[i], due > turn->now ? due : turn->now, after, ahead));
    }
    free(called);
    problem->steps = taken;
    return next;
}

void world_escalate_begin(struct problem *problem, int64_t now)
{
    if (!problem->escalates)
        problem->escalates_from = now;
    problem->escalates = true;
}

/* The delay before the first page is over. */
static bool end_delay(struct turn *turn)
{
    struct problem *problem = turn->record->problem;
    int64_t from = turn->now - turn->binding->plan->alert->delay;
    bool waits = problem->worth && problem->worth_since > from && !record_anyone_told(problem, TOLD_PROBLEM);
    if (waits)
        problem->worth_since = from;
    return waits;
}

bool world_escalate_hurry(struct turn *turn)
{
    const struct alert_rule *rule = turn->binding->plan->alert;
    struct problem *problem = turn->record->problem;
    bool hurries = rule && end_delay(turn);
    for (size_t i = 0; rule && problem->escalates && i < problem->group_count; i++) {
        struct told_group *part = &problem->groups[i];
        const struct group *group = model_group(turn->world->model, part->group);
        if (!group || !group->escalate_after || !part->last.told)
            continue;
        part->climbed = turn->now - group->escalate_after;
        hurries = true;
    }
    if (rule && problem->escalates && problem->steps < rule->step_count) {
        int64_t from = turn->now - rule->steps[problem->steps].after;
        problem->escalates_from = from < problem->escalates_from ? from : problem->escalates_from;
        hurries = true;
    }
    return hurries;
}

void world_escalate_restart(struct problem *problem, int64_t now)
{
    problem->escalates_from = now;
    for (size_t i = 0; i < problem->group_count; i++)
        problem->groups[i].climbed = now;
}
