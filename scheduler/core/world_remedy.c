/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is done about a problem. An acknowledgement stops pages, not remediations. */
#include "scheduler/core/world_parts.h"

#include "lib/memory.h"
#include "lib/text.h"

#include <inttypes.h>

enum { OUTCOME_FIXED = 0, OUTCOME_REFUSED = 3 };

/* ---- runs: under way and past ---- */

void world_flight_release(struct flight *flight)
{
    free(flight->run);
    free(flight->remediation);
    free(flight->host);
    free(flight->check);
}

void world_flight_add(struct world *world, uint32_t binding, const char *run, const char *remediation,
                      uint64_t problem, int64_t started)
{
    const struct binding *bound = &world->model->bindings[binding];
    world->flights = memory_grow(world->flights, world->flight_count + 1, sizeof *world->flights);
    world->flights[world->flight_count++] = (struct flight){
        memory_text(run),
        memory_text(remediation),
        memory_text(bound->host->name),
        memory_text(bound->plan->name),
        binding,
        problem,
        started,
    };
}

static struct flight *find_flight(struct world *world, const char *run)
{
    for (size_t i = 0; i < world->flight_count; i++) {
        if (strcmp(world->flights[i].run, run) == 0)
            return &world->flights[i];
    }
    return NULL;
}

static void add_past(struct world *world, const char *remediation, const char *target, int64_t started,
                     int64_t ended)
{
    world->past = memory_grow(world->past, world->past_count + 1, sizeof *world->past);
    world->past[world->past_count++] =
        (struct past_run){memory_text(remediation), memory_text(target), started, ended};
}

void world_remember_run(struct world *world, const char *remediation, const char *target, int64_t started,
                        bool ended)
{
    add_past(world, remediation, target, started, ended ? started : 0);
}

static bool is_past(const struct past_run *past, const char *remediation, const char *target)
{
    return strcmp(past->remediation, remediation) == 0 && strcmp(past->target, target) == 0;
}

/* What no limit looks at any more. */
static void forget_past(struct world *world, const struct remediation *remediation, int64_t now)
{
    int64_t span =
        remediation->max.span > remediation->cooldown ? remediation->max.span : remediation->cooldown;
    size_t kept = 0;
    for (size_t i = 0; i < world->past_count; i++) {
        struct past_run *past = &world->past[i];
        int64_t last = past->ended > past->started ? past->ended : past->started;
        if (strcmp(past->remediation, remediation->name) == 0 && past->ended && now - last > span) {
            free(past->remediation);
            free(past->target);
        } else {
            world->past[kept++] = *past;
        }
    }
    world->past_count = kept;
}

/* ---- facts ---- */

static void count_past(const struct world *world, const struct remediation *remediation, const char *target,
                       int64_t now, struct remedy_facts *facts)
{
    for (size_t i = 0; i < world->past_count; i++) {
        const struct past_run *past = &world->past[i];
        if (!is_past(past, remediation->name, target))
            continue;
        int64_t last = past->ended ? past->ended : past->started;
        if (last > facts->last)
            facts->last = last;
        if (now - past->started >= remediation->max.span)
            continue;
        if (facts->in_span++ == 0 || past->started < facts->oldest_in_span)
            facts->oldest_in_span = past->started;
    }
}

static const struct service *service_of(const struct world *world, const char *host)
{
    const struct host *found = model_host(world->model, host);
    return found ? found->service : NULL;
}

static void count_flights(const struct turn *turn, const struct remediation *remediation,
                          struct remedy_facts *facts)
{
    const struct world *world = turn->world;
    const struct host *host = turn->binding->host;
    for (size_t i = 0; i < world->flight_count; i++) {
        const struct flight *flight = &world->flights[i];
        bool same = strcmp(flight->remediation, remediation->name) == 0;
        if (flight->binding == turn->index || (same && strcmp(flight->host, host->name) == 0))
            facts->busy = flight->remediation;
        facts->running += same;
        facts->hosts_running += same && service_of(world, flight->host) == host->service;
    }
}

static int64_t hosts_of(const struct model *model, const struct service *service)
{
    int64_t count = 0;
    for (size_t i = 0; i < model->host_count; i++)
        count += model->hosts[i]->service == service && model->hosts[i]->status != STATUS_RETIRED;
    return count;
}

/* Until it is known whether one helped, no other begins. */
static const char *waits_for_proof(const struct problem *problem)
{
    for (size_t i = 0; i < problem->course_count; i++) {
        if (problem->courses[i].verify_until)
            return problem->courses[i].remediation;
    }
    return NULL;
}

static struct remedy_facts facts_of(const struct turn *turn, const struct remediation *remediation,
                                    const struct course *course)
{
    const struct state *state = &turn->record->state;
    struct remedy_facts facts = {.remediation = remediation,
                                 .verdict = state->verdict,
                                 .since =
                                     remediation->on_hard ? state->hard_since : turn->record->problem->opened,
                                 .done = course->done,
                                 .vain = course->vain,
                                 .busy = waits_for_proof(turn->record->problem),
                                 .last = REMEDY_NEVER};
    count_past(turn->world, remediation, turn->binding->host->name, turn->now, &facts);
    count_flights(turn, remediation, &facts);
    if (remediation->share > 0)
        facts.hosts = hosts_of(turn->world->model, turn->binding->host->service);
    return facts;
}

/* ---- decisions ---- */

static void decide(const struct turn *turn, const struct remediation *remediation, enum act act,
                   const struct remedy_answer *answer, const char *run)
{
    struct decision decision = world_decision(turn, DECISION_REMEDIATION);
    decision.act = act;
    decision.remediation = remediation;
    decision.reason = answer->text;
    decision.next = answer->next;
    decision.run = run;
    turn->sink(turn->owner, &decision);
}

static void act(struct turn *turn, const struct remediation *remediation, struct course *course,
                const struct remedy_answer *answer)
{
    struct world *world = turn->world;
    const char *target = turn->binding->host->name;
    uint64_t problem = turn->record->state.problem;
    struct text run = TEXT_INIT;
    course->runs++;
    text_format(&run, "p%" PRIu64 "-%s-%u", problem, remediation->name, course->runs);
    if (answer->step == REMEDY_RUN) {
        course->paged = 0;
        forget_past(world, remediation, turn->now);
        add_past(world, remediation->name, target, turn->now, 0);
        world_flight_add(world, turn->index, run.bytes, remediation->name, problem, turn->now);
        decide(turn, remediation, ACT_RUN, answer, run.bytes);
    } else {
        course->done = true;
        decide(turn, remediation, ACT_DRY_RUN, answer, run.bytes);
    }
    text_release(&run);
}

/* A limit that holds a remediation back is told; the cooldown after its own run for this very problem is no news. */
static bool is_news(const struct course *course, const struct remedy_answer *answer)
{
    return remedy_is_limit(answer->step) && !(answer->step == REMEDY_COOLDOWN && course->runs > 0);
}

/* Why it does not run: recorded once, and told to people where it is a limit or an end. */
static void hold(struct turn *turn, const struct remediation *remediation, struct course *course,
                 const struct remedy_answer *answer)
{
    bool ended = answer->step == REMEDY_EXPIRED || answer->step == REMEDY_DISARMED;
    bool moved = answer->step == REMEDY_AFTER && course->said_next != answer->next;
    unsigned bit = 1U << answer->step;
    if ((course->said == answer->step && !moved) || (ended && course->paged & bit))
        return;
    course->said_next = answer->next;
    decide(turn, remediation, ended ? ACT_REFUSE : ACT_WAIT, answer, NULL);
    if ((ended || is_news(course, answer)) && !(course->paged & bit)) {
        course->paged |= bit;
        world_alert_remediation(turn, remediation, answer->text);
    }
}

static int64_t consider_one(struct turn *turn, const struct remediation *remediation)
{
    struct course *course = record_course(turn->record->problem, remediation->name);
    struct remedy_facts facts = facts_of(turn, remediation, course);
    struct remedy_answer answer;
    remedy_decide(&facts, turn->now, &answer);
    if (answer.step == REMEDY_RUN || answer.step == REMEDY_DRY_RUN) {
        act(turn, remediation, course, &answer);
    } else if (answer.step == REMEDY_ASK) {
        course->done = true;
        decide(turn, remediation, ACT_ASK, &answer, NULL);
    } else if (answer.step != REMEDY_NOTHING) {
        hold(turn, remediation, course, &answer);
    }
    course->said = answer.step;
    return answer.next;
}

/* A run that said it helped, and did not within its time, was in vain. */
static int64_t consider_proofs(struct problem *problem, int64_t now)
{
    int64_t next = 0;
    for (size_t i = 0; i < problem->course_count; i++) {
        struct course *course = &problem->courses[i];
        if (course->verify_until && now >= course->verify_until) {
            course->verify_until = 0;
            course->done = false;
            course->vain++;
        }
        next = world_earlier(next, course->verify_until);
    }
    return next;
}

int64_t world_remedy_consider(struct turn *turn)
{
    const struct check_plan *plan = turn->binding->plan;
    const struct state *state = &turn->record->state;
    if (!turn->record->problem || state->verdict == VERDICT_OK ||
        !(plan->when & 1U << turn->binding->host->status))
        return 0;
    int64_t next = consider_proofs(turn->record->problem, turn->now);
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
        if (said == REMEDY_BUSY || said == REMEDY_CONCURRENCY || said == REMEDY_SHARE)
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

static void end_past(struct world *world, const struct flight *flight, int64_t now)
{
    for (size_t i = world->past_count; i > 0; i--) {
        struct past_run *past = &world->past[i - 1];
        if (is_past(past, flight->remediation, flight->host) && past->ended == 0)
            past->ended = now;
    }
}

static void count_outcome(struct turn *turn, const struct flight *flight, int outcome)
{
    const struct remediation *remediation = model_remediation(turn->world->model, flight->remediation);
    struct course *course = record_course(turn->record->problem, flight->remediation);
    if (outcome == OUTCOME_FIXED) {
        course->done = true;
        course->verify_until =
            remediation && remediation->verify_within ? turn->now + remediation->verify_within : 0;
    } else if (outcome == OUTCOME_REFUSED) {
        const struct remedy_answer answer = {REMEDY_NOTHING, 0, "the program refused to run"};
        course->done = true;
        if (remediation) {
            decide(turn, remediation, ACT_REFUSE, &answer, flight->run);
            world_alert_remediation(turn, remediation, answer.text);
        }
    } else {
        course->vain++;
    }
}

void world_remedied(struct world *world, uint32_t binding, const char *run, int outcome, int64_t now,
                    world_sink *sink, void *owner)
{
    (void)binding; /* the run knows where it belongs, also after world_adopt */
    struct flight *found = find_flight(world, run);
    if (!found)
        return;
    struct flight flight = *found;
    *found = world->flights[--world->flight_count];
    end_past(world, &flight, now);
    wake_others(world, now);
    if (flight.binding != WORLD_SITE) {
        struct record *record = &world->records[flight.binding];
        struct turn turn = {
            world, flight.binding, &world->model->bindings[flight.binding], record, now, sink, owner, 0};
        if (record->problem && record->state.problem == flight.problem) {
            count_outcome(&turn, &flight, outcome);
            world_settle(&turn, false);
        }
    }
    world_flight_release(&flight);
}
