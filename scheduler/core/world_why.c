/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/world_why.h"

#include "scheduler/core/world_parts.h"

#include <inttypes.h>

static void ignore(void *owner, const struct decision *decision)
{
    (void)owner, (void)decision;
}

/* Each person once, although by several contacts. */
static bool named_before(const struct problem *problem, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (problem->told[i].of & TOLD_PROBLEM &&
            strcmp(problem->told[i].user, problem->told[index].user) == 0)
            return true;
    return false;
}

static void add_told(struct text *text, const struct turn *turn)
{
    const struct problem *problem = turn->record->problem;
    size_t count = 0;
    text_format(text, "problem %" PRIu64 ": ", turn->record->state.problem);
    for (size_t i = 0; i < problem->told_count; i++) {
        if (!(problem->told[i].of & TOLD_PROBLEM) || named_before(problem, i))
            continue;
        text_format(text, "%s\"%s\"", count++ ? ", " : "", problem->told[i].user);
    }
    text_add(text, count == 0 ? "nobody was told yet" : count == 1 ? " was told" : " were told");
}

static const struct quiet_last *last_of(const struct problem *problem, const struct group *group)
{
    static const struct quiet_last nothing = {.told = false};
    for (size_t i = 0; i < problem->group_count; i++)
        if (strcmp(problem->groups[i].group, group->name) == 0)
            return &problem->groups[i].last;
    return &nothing;
}

/* What keeps the groups quiet when nothing keeps everyone quiet; QUIET_NOT: one of them is told at once. Returns when
 * that ends for one of them; 0: not by itself. */
static int64_t ask_groups(const struct turn *turn, const struct quiet_facts *facts,
                          struct quiet_answer *silent)
{
    const struct alert_rule *rule = turn->binding->plan->alert;
    const struct problem *problem = turn->record->problem;
    enum { AHEAD = 8 * 86400 };
    int64_t next = 0;
    for (size_t i = 0; i < rule->group_count; i++) {
        const struct quiet_last *last = last_of(problem, rule->groups[i]);
        struct quiet_answer answer;
        bool news = !last->told || last->verdict != turn->record->state.verdict;
        quiet_group(facts, rule->groups[i], rule->urgency[turn->record->state.verdict], last, news, turn->now,
                    &answer);
        if (answer.reason == QUIET_NOT || silent->reason == QUIET_NOT || answer.reason < silent->reason)
            *silent = answer;
        next = world_earlier(next, answer.next);
    }
    return world_earlier(next, world_escalate_when(turn, AHEAD));
}

static int64_t next_act(const struct turn *turn)
{
    const struct problem *problem = turn->record->problem;
    int64_t next = 0;
    for (size_t i = 0; i < problem->course_count; i++) {
        const struct course *course = &problem->courses[i];
        if (course->said != REMEDY_NOTHING && course->said_next > turn->now)
            next = world_earlier(next, course->said_next);
        next = world_earlier(next, course->verify_until);
    }
    return next;
}

static int64_t why_problem(const struct turn *turn, struct text *text)
{
    struct quiet_facts facts;
    struct quiet_answer answer;
    int64_t timer = plan_due(turn->world->timers, turn->index);
    add_told(text, turn);
    world_facts(turn, &facts);
    if (turn->record->state.verdict == VERDICT_OK) {
        text_add(text, "; it has recovered while flapping, which is told when that stops");
        return 0;
    }
    quiet_problem(&facts, turn->now, &answer);
    if (answer.reason == QUIET_NOT)
        timer = world_earlier(ask_groups(turn, &facts, &answer), next_act(turn));
    else if (timer == INT64_MAX)
        timer = 0;
    if (answer.reason == QUIET_NOT)
        text_add(text, "; it is told at once");
    else
        text_format(text, "; nobody is told now: %s", answer.text);
    return answer.next ? answer.next : timer;
}

int64_t world_why(struct world *world, uint32_t binding, int64_t now, struct text *text)
{
    const struct turn turn = world_turn(world, binding, now, ignore, NULL);
    struct quiet_facts facts;
    struct quiet_answer answer;
    if (!turn.record->state.known) {
        text_add(text, "no result has come yet, so there was nothing to decide");
        return 0;
    }
    if (turn.record->problem)
        return why_problem(&turn, text);
    if (turn.record->state.verdict == VERDICT_OK) {
        text_add(text, "it is OK, and there is nothing to tell");
        return 0;
    }
    world_facts(&turn, &facts);
    quiet_problem(&facts, now, &answer);
    text_format(text, "nobody is told: %s", answer.reason == QUIET_NOT ? "no problem is open" : answer.text);
    return answer.next;
}
