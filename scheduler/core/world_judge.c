/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a run helped. The program says how it went; the verdict is the check's: fixed when it recovers, no effect when
 * it does not within the time that `verify` gives, worse when it gets worse. Only a run that has begun can have helped:
 * when the check recovers while one is under way, its end tells whether it had begun by then. After two runs in vain,
 * one that made it worse, or one that was interrupted, the remediation is disarmed for the problem. */
#include "scheduler/core/world_parts.h"

#include "lib/memory.h"
#include "lib/number.h"
#include "lib/text.h"

enum { OUTCOME_FIXED = 0, OUTCOME_NO_EFFECT = 1, OUTCOME_REFUSED = 3, SAID_BYTES = 300, HELD_AGAIN = 60000 };

static struct verdict_facts facts_of(const struct turn *turn, const char *remediation)
{
    const struct problem *problem = turn->record->problem;
    return (struct verdict_facts){.lasted = turn->now - problem->opened,
                                  .without = world_governed_without(turn->world, remediation),
                                  .paged = record_anyone_told(problem, TOLD_PROBLEM)};
}

/* What the program said: of a long text the end, where the error stands; whole sentences of it, where there are. */
static void write_said(struct text *text, const char *said)
{
    size_t length = said ? strlen(said) : 0;
    const char *from = length > SAID_BYTES ? said + length - SAID_BYTES : said;
    while (length > SAID_BYTES && (*from & 0xC0) == 0x80) /* not in the middle of a character */
        from++;
    const char *sentence = length > SAID_BYTES ? strstr(from, "; ") : NULL;
    if (length > 0)
        text_format(text, "%s%s", length > SAID_BYTES ? "..." : "", sentence ? sentence + 2 : from);
}

static void write_end(struct text *text, const char *what, const char *said)
{
    text_format(text, "%s%s", what, said && *said ? ": " : "");
    write_said(text, said);
}

/* ${begun}: the ledger knows the run, and so it takes the verdict. */
static void judge(struct turn *turn, const struct remediation *remediation, struct course *course,
                  enum act verdict, const char *why, bool begun)
{
    struct text run = TEXT_INIT;
    struct remedy_answer answer = {.step = REMEDY_NOTHING};
    course->pending = false;
    course->verify_until = 0;
    (void)snprintf(answer.text, sizeof answer.text, "%s", why);
    world_run_id(&run, turn, course);
    const struct verdict_facts facts = facts_of(turn, course->remediation);
    turn->facts = begun ? &facts : NULL;
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
    world_alert_remediation(turn, remediation, NULL, reason.bytes, 0);
    text_release(&reason);
}

static void judge_vain(struct turn *turn, struct course *course, const char *why, bool begun)
{
    const struct remediation *remediation = model_remediation(turn->world->model, course->remediation);
    course->done = false;
    course->vain++;
    judge(turn, remediation, course, ACT_NO_EFFECT, why, begun);
    tell_vain(turn, remediation, course, why);
}

static void judge_unproved(struct turn *turn, struct course *course)
{
    struct text why = TEXT_INIT;
    write_end(&why, "the check did not recover after it", course->did);
    judge_vain(turn, course, why.bytes, true);
    text_release(&why);
}

static void judge_fixed(struct turn *turn, struct course *course)
{
    struct text why = TEXT_INIT;
    write_end(&why, "the check recovered", course->did);
    judge(turn, model_remediation(turn->world->model, course->remediation), course, ACT_FIXED, why.bytes,
          true);
    text_release(&why);
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
    judge(turn, model_remediation(turn->world->model, course->remediation), course, ACT_WORSE, why.bytes,
          true);
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
            judge_unproved(turn, course);
        next = world_earlier(next, course->verify_until);
    }
    return next;
}

static void refused(struct turn *turn, struct course *course, const char *run, const char *said)
{
    const struct remediation *remediation = model_remediation(turn->world->model, course->remediation);
    struct remedy_answer answer = {.step = REMEDY_NOTHING};
    struct text why = TEXT_INIT;
    course->done = true;
    course->pending = false;
    write_end(&why, "the program refused to run", said);
    (void)snprintf(answer.text, sizeof answer.text, "%s", why.bytes);
    if (remediation) {
        world_remedy_decision(turn, remediation, ACT_REFUSE, &answer, run);
        world_alert_remediation(turn, remediation, NULL, answer.text, 0);
    }
    text_release(&why);
}

/* Somebody else ran it: another scheduler, Nagios, a person at a shell. Nothing is lost but time, and an approval holds. */
static void limited(struct turn *turn, struct course *course, const struct flight *flight,
                    const struct run_end *end)
{
    course->pending = false;
    course->held_until = end->until > turn->now ? end->until : turn->now + HELD_AGAIN;
    free(course->held);
    course->held = memory_text(end->said && *end->said ? end->said : "a limit of the ledger");
    if (!flight->author)
        return;
    free(course->approved_by);
    course->approved_by = memory_text(flight->author);
}

static void ended_in_vain(struct turn *turn, struct course *course, const struct run_end *end)
{
    struct text why = TEXT_INIT;
    write_end(&why,
              !end->began                         ? "it did not begin"
              : end->outcome == OUTCOME_NO_EFFECT ? "it had no effect"
                                                  : "it failed",
              end->said);
    judge_vain(turn, course, why.bytes, end->began != 0);
    text_release(&why);
}

/* People are told by what disarms it. */
static void interrupted(struct turn *turn, struct course *course, const struct run_end *end)
{
    struct text why = TEXT_INIT;
    write_end(&why, "it was interrupted", end->said);
    course->disarmed = DISARMED_INTERRUPTED;
    judge(turn, model_remediation(turn->world->model, course->remediation), course, ACT_NO_EFFECT, why.bytes,
          end->began != 0);
    text_release(&why);
}

static void keep_said(struct course *course, const struct run_end *end)
{
    struct text did = TEXT_INIT;
    write_said(&did, end->said);
    free(course->did);
    course->did = did.length > 0 ? text_take(&did) : NULL;
    text_release(&did);
}

void world_judge_ended(struct turn *turn, const struct flight *flight, const struct run_end *end)
{
    const struct remediation *remediation = model_remediation(turn->world->model, flight->remediation);
    struct course *course = record_course(turn->record->problem, flight->remediation);
    if (end->outcome != RUN_LIMITED)
        keep_said(course, end);
    if (end->outcome == RUN_LIMITED) {
        limited(turn, course, flight, end);
    } else if (end->outcome == OUTCOME_REFUSED) {
        refused(turn, course, flight->run, end->said);
    } else if (end->outcome < 0) {
        interrupted(turn, course, end);
    } else if (end->outcome != OUTCOME_FIXED) {
        ended_in_vain(turn, course, end);
    } else {
        course->done = true;
        course->verify_until =
            remediation && remediation->verify_within ? turn->now + remediation->verify_within : 0;
    }
}

/* All is well, and what it had begun to change may be half done. */
static void tell_late_death(struct turn *turn, const struct flight *flight, const struct run_end *end)
{
    struct text sentence = TEXT_INIT;
    text_format(&sentence, "a run was interrupted while %s/%s recovered, and is not repeated", flight->host,
                flight->check);
    write_end(&sentence, "", end->said);
    world_governed_died(turn->world, flight->remediation, sentence.bytes, turn->now);
    text_release(&sentence);
}

void world_judge_late(struct turn *turn, const struct flight *flight, const struct run_end *end)
{
    const struct verdict_facts facts = {flight->lasted, flight->without, flight->paged};
    int64_t began = end->began == RUN_BEGAN ? flight->started : end->began;
    bool begun = end->began != 0 && end->outcome != OUTCOME_REFUSED;
    bool helped = begun && began <= flight->recovered;
    struct decision decision = world_decision(turn, DECISION_REMEDIATION);
    struct text why = TEXT_INIT;
    write_end(&why, helped ? "the check recovered" : "the check had recovered before the run began",
              helped ? end->said : NULL);
    decision.problem = flight->problem;
    decision.act = helped ? ACT_FIXED : ACT_MOOT;
    decision.remediation = model_remediation(turn->world->model, flight->remediation);
    decision.reason = why.bytes;
    decision.facts = begun ? &facts : NULL;
    decision.run = flight->run;
    if (decision.remediation)
        turn->sink(turn->owner, &decision);
    if (begun && end->outcome < 0)
        tell_late_death(turn, flight, end);
    text_release(&why);
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

/* What is under way is judged when it ends. */
static bool put_off(const struct turn *turn, const struct course *course)
{
    struct text run = TEXT_INIT;
    world_run_id(&run, turn, course);
    struct flight *flight = world_flight_find(turn->world, run.bytes);
    if (flight) {
        const struct verdict_facts facts = facts_of(turn, course->remediation);
        flight->recovered = turn->now;
        flight->lasted = facts.lasted;
        flight->without = facts.without;
        flight->paged = facts.paged;
    }
    text_release(&run);
    return flight != NULL;
}

void world_judge_recovered(struct turn *turn)
{
    struct problem *problem = turn->record->problem;
    learn_without(turn);
    for (size_t i = 0; i < problem->course_count; i++) {
        struct course *course = &problem->courses[i];
        if (course->pending && !put_off(turn, course))
            judge_fixed(turn, course);
    }
}
