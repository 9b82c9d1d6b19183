/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a run helped. The program says how it went; the verdict is the check's: fixed when it recovers, no effect when
 * it does not within the time that `verify` gives, worse when it gets worse. After two runs in vain, one that made it
 * worse, or one that was interrupted, the remediation is disarmed for the problem. */
#include "scheduler/core/world_parts.h"

#include "lib/number.h"
#include "lib/text.h"

enum { OUTCOME_FIXED = 0, OUTCOME_NO_EFFECT = 1, OUTCOME_REFUSED = 3 };

static void judge(struct turn *turn, const struct remediation *remediation, struct course *course,
                  enum act verdict, const char *why)
{
    struct text run = TEXT_INIT;
    struct remedy_answer answer = {.step = REMEDY_NOTHING};
    course->pending = false;
    course->verify_until = 0;
    (void)snprintf(answer.text, sizeof answer.text, "%s", why);
    world_run_id(&run, turn, course);
    const struct verdict_facts facts = {.lasted = turn->now - turn->record->problem->opened,
                                        .without = world_governed_without(turn->world, course->remediation),
                                        .paged = record_anyone_told(turn->record->problem, TOLD_PROBLEM)};
    turn->facts = &facts;
    if (remediation)
        world_remedy_decision(turn, remediation, verdict, &answer, run.bytes);
    turn->facts = NULL;
    text_release(&run);
}

/* Of the first run in vain people are told what comes; after the last they are told that it is disarmed. */
static void tell_vain(struct turn *turn, const struct remediation *remediation, const struct course *course,
                      const char *why)
{
    struct text reason = TEXT_INIT;
    if (!remediation || course->vain >= REMEDY_VAIN_MAX)
        return;
    text_format(&reason, "%s (%u of %d); it may run again", why, course->vain, REMEDY_VAIN_MAX);
    if (remediation->cooldown) {
        text_add(&reason, " in ");
        duration_write(&reason, remediation->cooldown);
    }
    world_alert_remediation(turn, remediation, NULL, reason.bytes);
    text_release(&reason);
}

static void judge_vain(struct turn *turn, struct course *course, const char *why)
{
    const struct remediation *remediation = model_remediation(turn->world->model, course->remediation);
    course->done = false;
    course->vain++;
    judge(turn, remediation, course, ACT_NO_EFFECT, why);
    tell_vain(turn, remediation, course, why);
}

static bool is_worse(const struct turn *turn, const struct course *course)
{
    return course->pending && verdict_rank(turn->record->state.verdict) > verdict_rank(course->before);
}

static void judge_worse(struct turn *turn, struct course *course)
{
    struct text why = TEXT_INIT;
    text_format(&why, "it got worse: %s became %s", verdict_name(course->before),
                verdict_name(turn->record->state.verdict));
    course->done = false;
    course->disarmed = DISARMED_WORSE;
    judge(turn, model_remediation(turn->world->model, course->remediation), course, ACT_WORSE, why.bytes);
    text_release(&why);
}

int64_t world_judge_consider(struct turn *turn)
{
    struct problem *problem = turn->record->problem;
    int64_t next = 0;
    for (size_t i = 0; i < problem->course_count; i++) {
        struct course *course = &problem->courses[i];
        if (course->verify_until && is_worse(turn, course))
            judge_worse(turn, course);
        else if (course->verify_until && turn->now >= course->verify_until)
            judge_vain(turn, course, "the check did not recover after it");
        next = world_earlier(next, course->verify_until);
    }
    return next;
}

static void refused(struct turn *turn, struct course *course, const char *run)
{
    const struct remediation *remediation = model_remediation(turn->world->model, course->remediation);
    const struct remedy_answer answer = {REMEDY_NOTHING, 0, "the program refused to run"};
    course->done = true;
    course->pending = false;
    if (!remediation)
        return;
    world_remedy_decision(turn, remediation, ACT_REFUSE, &answer, run);
    world_alert_remediation(turn, remediation, NULL, answer.text);
}

void world_judge_ended(struct turn *turn, const char *name, const char *run, int outcome)
{
    const struct remediation *remediation = model_remediation(turn->world->model, name);
    struct course *course = record_course(turn->record->problem, name);
    if (outcome == OUTCOME_REFUSED) {
        refused(turn, course, run);
    } else if (outcome < 0) {
        course->disarmed = DISARMED_INTERRUPTED;
        judge(turn, remediation, course, ACT_NO_EFFECT, "it was interrupted");
    } else if (outcome != OUTCOME_FIXED) {
        judge_vain(turn, course, outcome == OUTCOME_NO_EFFECT ? "it had no effect" : "it failed");
    } else {
        course->done = true;
        course->verify_until =
            remediation && remediation->verify_within ? turn->now + remediation->verify_within : 0;
    }
}

/* How long it lasts when nothing is done: what a run saves is measured by it. */
static void learn_without(struct turn *turn)
{
    const struct check_plan *plan = turn->binding->plan;
    struct problem *problem = turn->record->problem;
    bool helped = false;
    for (size_t i = 0; i < problem->course_count; i++)
        helped |= problem->courses[i].runs > 0;
    for (size_t i = 0; i < plan->remediate_count && !helped && !problem->soft; i++)
        world_governed_lasted(turn->world, plan->remediate[i]->name, turn->now - problem->opened);
}

void world_judge_recovered(struct turn *turn)
{
    struct problem *problem = turn->record->problem;
    learn_without(turn);
    for (size_t i = 0; i < problem->course_count; i++) {
        struct course *course = &problem->courses[i];
        if (course->pending)
            judge(turn, model_remediation(turn->world->model, course->remediation), course, ACT_FIXED,
                  "the check recovered");
    }
}
