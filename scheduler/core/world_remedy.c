/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is done about a problem. An acknowledgement stops pages, not remediations. */
#include "scheduler/core/world_parts.h"

#include "lib/memory.h"
#include "lib/text.h"

#include <inttypes.h>

enum { MOMENT = 60000 };

/* ---- decisions ---- */

void world_remedy_decision(const struct turn *turn, const struct remediation *remediation, enum act act,
                           const struct remedy_answer *answer, const char *run)
{
    struct decision decision = world_decision(turn, DECISION_REMEDIATION);
    decision.act = act;
    decision.remediation = remediation;
    decision.reason = answer->text;
    decision.next = answer->next;
    decision.run = run;
    decision.facts = turn->facts;
    turn->sink(turn->owner, &decision);
}

void world_run_id(struct text *id, const struct turn *turn, const struct course *course)
{
    text_format(id, "p%" PRIu64 "-%s-%u", turn->record->state.problem, course->remediation, course->runs);
}

void world_flight_start(struct turn *turn, const struct remediation *remediation, const char *run,
                        uint64_t problem)
{
    world_past_add(turn->world, remediation->name, turn->binding->host->name, turn->now, 0, turn->now);
    world_governed_ran(turn->world, remediation->name);
    world_governed_began(turn->world, remediation->name, run);
    world_flight_add(turn->world, turn->index, run, remediation->name, problem, turn->now);
}

static void run(struct turn *turn, const struct remediation *remediation, struct course *course,
                const struct remedy_answer *answer)
{
    struct text id = TEXT_INIT;
    char *author = course->approved_by;
    if (!author)
        course->runs++;
    world_run_id(&id, turn, course);
    course->paged &= 1U << REMEDY_HELD; /* others who run it are told of once for a problem */
    course->pending = true;
    course->before = turn->record->state.verdict;
    course->approved_by = NULL; /* an approval is for one run */
    course->asked_until = 0;
    world_flight_start(turn, remediation, id.bytes, turn->record->state.problem);
    world_flight_find(turn->world, id.bytes)->author = memory_text(author);
    turn->author = author;
    world_remedy_decision(turn, remediation, ACT_RUN, answer, id.bytes);
    turn->author = NULL;
    free(author);
    text_release(&id);
}

static void rehearse(struct turn *turn, const struct remediation *remediation, struct course *course,
                     const struct remedy_answer *answer)
{
    struct text id = TEXT_INIT;
    course->runs++;
    course->done = true;
    world_run_id(&id, turn, course);
    world_remedy_decision(turn, remediation, ACT_DRY_RUN, answer, id.bytes);
    text_release(&id);
}

/* A limit that holds a remediation back is told; the cooldown after its own run for this very problem is no news, nor is
 * what lasts for moments. */
static bool is_news(const struct turn *turn, const struct course *course, const struct remedy_answer *answer)
{
    if (answer->step == REMEDY_HELD)
        return answer->next - turn->now >= MOMENT;
    return remedy_is_limit(answer->step) && !(answer->step == REMEDY_COOLDOWN && course->runs > 0);
}

/* Why it does not run: recorded once, and told to people where it is a limit or an end. */
static void hold(struct turn *turn, const struct remediation *remediation, struct course *course,
                 struct remedy_answer *answer)
{
    bool ended = remedy_is_end(answer->step);
    bool moved = answer->step == REMEDY_AFTER && course->said_next != answer->next;
    unsigned bit = 1U << answer->step;
    if ((course->said == answer->step && !moved) || (ended && course->paged & bit))
        return;
    course->said_next = answer->next;
    world_remedy_decision(turn, remediation, ended ? ACT_REFUSE : ACT_WAIT, answer, NULL);
    if ((ended || is_news(turn, course, answer)) && !(course->paged & bit)) {
        course->paged |= bit;
        world_alert_remediation(turn, remediation, NULL, answer->text, ended ? 0 : answer->next);
        /* What was relied on does not help: the next person is called now, not when the time for it comes. */
        if (answer->step == REMEDY_DISARMED && world_escalate_hurry(turn))
            answer->next = turn->now;
    }
}

static int64_t consider_one(struct turn *turn, const struct remediation *remediation)
{
    struct course *course = record_course(turn->record->problem, remediation->name);
    struct remedy_facts facts;
    world_remedy_facts(turn, remediation, course, &facts);
    struct remedy_answer answer;
    remedy_decide(&facts, turn->now, &answer);
    world_remedy_facts_release(&facts);
    if (answer.step == REMEDY_RUN)
        run(turn, remediation, course, &answer);
    else if (answer.step == REMEDY_DRY_RUN)
        rehearse(turn, remediation, course, &answer);
    else if (answer.step == REMEDY_ASK)
        world_approval_ask(turn, remediation, course, &answer);
    else if (answer.step != REMEDY_NOTHING)
        hold(turn, remediation, course, &answer);
    course->said = answer.step;
    return answer.next;
}

int64_t world_remedy_consider(struct turn *turn)
{
    const struct check_plan *plan = turn->binding->plan;
    const struct state *state = &turn->record->state;
    if (!turn->record->problem || state->verdict == VERDICT_OK ||
        !(plan->when & 1U << turn->binding->host->status))
        return 0;
    int64_t next = world_judge_consider(turn);
    for (size_t i = 0; i < plan->remediate_count; i++) {
        if (state->type == STATE_HARD || !plan->remediate[i]->on_hard)
            next = world_earlier(next, consider_one(turn, plan->remediate[i]));
    }
    return next;
}

/* ---- the end of a run ---- */

static bool waits_for_others(const struct problem *problem)
{
    for (size_t i = 0; problem && i < problem->course_count; i++) {
        enum remedy_step said = problem->courses[i].said;
        if (said == REMEDY_BUSY || said == REMEDY_CONCURRENCY || said == REMEDY_SHARE ||
            said == REMEDY_BOUNDS)
            return true;
    }
    return false;
}

static void wake_others(struct world *world, int64_t now)
{
    for (size_t i = 0; i < world->count; i++) {
        if (waits_for_others(world->records[i].problem) && plan_due(world->timers, (uint32_t)i) > now)
            plan_set(world->timers, (uint32_t)i, now);
    }
}

void world_remedied(struct world *world, const char *run, const struct run_end *end, int64_t now,
                    world_sink *sink, void *owner)
{
    struct flight flight;
    if (!world_flight_take(world, run, &flight))
        return;
    if (end->outcome != RUN_LIMITED)
        world_past_end(world, &flight, now);
    else if (world_past_drop(world, &flight))
        world_governed_ran_not(world, flight.remediation);
    wake_others(world, now);
    if (flight.binding != WORLD_SITE) {
        const struct record *record = &world->records[flight.binding];
        struct turn turn = world_turn(world, flight.binding, now, sink, owner);
        if (flight.recovered) {
            world_judge_late(&turn, &flight, end);
        } else if (record->problem && record->state.problem == flight.problem) {
            world_judge_ended(&turn, &flight, end);
            world_settle(&turn, false);
        }
    }
    world_post_deliver(world, sink, owner);
    world_flight_release(&flight);
}

/* ---- for whoever asks ---- */

static bool stands(const struct course *course, struct remedy_standing *standing)
{
    bool refused = course->done && !course->pending && course->did;
    *standing = (struct remedy_standing){course->remediation, remedy_phrase(course->said), course->said_next,
                                         course->runs, NULL};
    if (course->said != REMEDY_NOTHING)
        return true;
    standing->phrase = refused ? "refused to run" : "ran; the check tells whether it helped";
    standing->next = course->verify_until;
    standing->did = course->did;
    return refused || course->verify_until;
}

bool world_remedy(const struct world *world, uint32_t binding, size_t *at, struct remedy_standing *standing)
{
    const struct problem *problem = world->records[binding].problem;
    while (problem && *at < problem->course_count)
        if (stands(&problem->courses[(*at)++], standing))
            return true;
    return false;
}
