/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The runs of remediations, under way and past, and what they mean for the limits of the next one. */
#include "scheduler/core/world_parts.h"

#include "lib/memory.h"

enum { PAST_LEAST = 64 };

/* ---- under way ---- */

void world_flight_release(struct flight *flight)
{
    free(flight->author);
    free(flight->run);
    free(flight->remediation);
    free(flight->host);
    free(flight->check);
}

struct flight *world_flight_add(struct world *world, uint32_t binding, const char *run,
                                const char *remediation, uint64_t problem, int64_t started)
{
    const struct binding *bound = &world->model->bindings[binding];
    world->flights = memory_grow(world->flights, world->flight_count + 1, sizeof *world->flights);
    world->flights[world->flight_count] = (struct flight){
        .run = memory_text(run),
        .remediation = memory_text(remediation),
        .host = memory_text(bound->host->name),
        .check = memory_text(bound->plan->name),
        .binding = binding,
        .problem = problem,
        .started = started,
    };
    return &world->flights[world->flight_count++];
}

struct flight *world_flight_find(const struct world *world, const char *run)
{
    for (size_t i = 0; i < world->flight_count; i++)
        if (strcmp(world->flights[i].run, run) == 0)
            return &world->flights[i];
    return NULL;
}

bool world_flight_take(struct world *world, const char *run, struct flight *taken)
{
    struct flight *found = world_flight_find(world, run);
    if (!found)
        return false;
    *taken = *found;
    *found = world->flights[--world->flight_count];
    return true;
}

size_t world_run_count(const struct world *world)
{
    return world->flight_count;
}

struct world_run world_run_at(const struct world *world, size_t index)
{
    const struct flight *flight = &world->flights[index];
    return (struct world_run){.binding = flight->binding,
                              .host = flight->host,
                              .check = flight->check,
                              .run = flight->run,
                              .remediation = flight->remediation,
                              .started = flight->started,
                              .recovered = flight->recovered};
}

/* ---- past ---- */

static int64_t longest(int64_t span, int64_t other)
{
    return span > other ? span : other;
}

/* How far any limit looks back. */
static int64_t memory_span(const struct model *model)
{
    int64_t span = model->governance.bounds.max.span;
    for (size_t i = 0; i < model->service_count; i++)
        span = longest(span, model->services[i]->bounds.max.span);
    for (size_t i = 0; i < model->remediation_count; i++) {
        const struct remediation *remediation = model->remediations[i];
        span = longest(longest(span, remediation->max.span),
                       longest(remediation->max_total.span, remediation->cooldown));
    }
    return span;
}

static void forget_old(struct world *world, int64_t now)
{
    int64_t span = memory_span(world->model);
    size_t kept = 0;
    for (size_t i = 0; i < world->past_count; i++) {
        struct past_run *past = &world->past[i];
        int64_t last = past->ended > past->started ? past->ended : past->started;
        if (past->ended && now - last > span) {
            free(past->remediation);
            free(past->target);
        } else {
            world->past[kept++] = *past;
        }
    }
    world->past_count = kept;
}

void world_past_add(struct world *world, const char *remediation, const char *target, int64_t started,
                    int64_t ended, int64_t now)
{
    if (world->past_count >= world->past_room) { /* not each time: a ledger may hold a million of them */
        forget_old(world, now);
        world->past_room = 2 * world->past_count + PAST_LEAST;
    }
    world->past = memory_grow(world->past, world->past_count + 1, sizeof *world->past);
    world->past[world->past_count++] =
        (struct past_run){memory_text(remediation), memory_text(target), started, ended};
}

void world_remember_run(struct world *world, const char *remediation, const char *target, int64_t started,
                        bool ended)
{
    world_past_add(world, remediation, target, started, ended ? started : 0, started);
    world_governed_ran(world, remediation);
}

static bool is_past(const struct past_run *past, const char *remediation, const char *target)
{
    return strcmp(past->remediation, remediation) == 0 && strcmp(past->target, target) == 0;
}

void world_remember_end(struct world *world, const char *remediation, const char *target, int64_t ended,
                        int64_t now)
{
    const struct remediation *configured = model_remediation(world->model, remediation);
    if (!configured || now - ended >= configured->cooldown)
        return;
    for (size_t i = world->past_count; i > 0; i--) {
        if (!is_past(&world->past[i - 1], remediation, target))
            continue;
        world->past[i - 1].ended = longest(ended, world->past[i - 1].started);
        return;
    }
}

void world_remember_runs_of(struct world *world, const struct world *from)
{
    for (size_t i = 0; i < from->past_count; i++) {
        const struct past_run *past = &from->past[i];
        world_remember_run(world, past->remediation, past->target, past->started, true);
        world->past[world->past_count - 1].ended = longest(past->started, past->ended);
    }
}

bool world_past_drop(struct world *world, const struct flight *flight)
{
    for (size_t i = world->past_count; i > 0; i--) {
        struct past_run *past = &world->past[i - 1];
        if (!is_past(past, flight->remediation, flight->host) || past->ended ||
            past->started != flight->started)
            continue;
        free(past->remediation);
        free(past->target);
        memmove(past, past + 1, (world->past_count-- - i) * sizeof *past);
        return true;
    }
    return false;
}

/* The newest is the one that ends, also when the ledger told of its begin at a start; any before it has ended long ago. */
void world_past_end(struct world *world, const struct flight *flight, int64_t now)
{
    bool newest = true;
    for (size_t i = world->past_count; i > 0; i--) {
        struct past_run *past = &world->past[i - 1];
        if (!is_past(past, flight->remediation, flight->host))
            continue;
        if (newest || past->ended == 0)
            past->ended = now;
        newest = false;
    }
}

/* ---- facts ---- */

static const struct service *service_of(const struct world *world, const char *host)
{
    const struct host *found = model_host(world->model, host);
    return found ? found->service : NULL;
}

static void add_past(const struct turn *turn, const struct remediation *remediation,
                     struct remedy_facts *facts)
{
    const struct world *world = turn->world;
    const struct host *host = turn->binding->host;
    for (size_t i = 0; i < world->past_count; i++) {
        const struct past_run *past = &world->past[i];
        struct limit_run *run = &facts->past[facts->past_count++];
        run->started = past->started;
        run->ended = past->ended;
        run->same_remediation = strcmp(past->remediation, remediation->name) == 0;
        run->same_target = strcmp(past->target, host->name) == 0;
        run->same_service = host->service && service_of(world, past->target) == host->service;
    }
}

/* They count in no span: those under way are among the past runs, too. */
static void add_flights(const struct turn *turn, const struct remediation *remediation,
                        struct remedy_facts *facts)
{
    const struct world *world = turn->world;
    const struct host *host = turn->binding->host;
    for (size_t i = 0; i < world->flight_count; i++) {
        const struct flight *flight = &world->flights[i];
        struct limit_run *run = &facts->past[facts->past_count++];
        run->started = LIMIT_NEVER;
        run->running = true;
        run->same_remediation = strcmp(flight->remediation, remediation->name) == 0;
        run->same_target = strcmp(flight->host, host->name) == 0;
        run->same_service = service_of(world, flight->host) == host->service;
        if (flight->binding == turn->index || (run->same_remediation && run->same_target))
            facts->busy = flight->remediation;
    }
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

void world_remedy_facts(const struct turn *turn, const struct remediation *remediation,
                        const struct course *course, struct remedy_facts *facts)
{
    static const char *const reasons[DISARMED_REASONS] = {
        [DISARMED_WORSE] = "it got worse after a run",
        [DISARMED_INTERRUPTED] = "a run was interrupted, and is not repeated by itself",
    };
    const struct state *state = &turn->record->state;
    const struct problem *problem = turn->record->problem;
    *facts = (struct remedy_facts){
        .remediation = remediation,
        .verdict = state->verdict,
        .since = problem && !remediation->on_hard ? problem->opened : state->hard_since,
        .done = course->done,
        .vain = course->vain,
        .disarmed = reasons[course->disarmed],
        .disarmed_by = course->disarmed == DISARMED_INTERRUPTED ? course->did : NULL,
        .asked_until = course->asked_until,
        .approved_by = course->approved_by,
        .held = course->held,
        .held_until = course->held_until,
        .busy = problem ? waits_for_proof(problem) : NULL,
    };
    remedy_limits(remediation, turn->binding->host->service, turn->world->model, &facts->limits);
    world_governed_facts(turn->world, remediation, facts);
    facts->untracked = world_issue_fault(turn->world, remediation, turn->now);
    facts->past = memory_get(turn->world->past_count + turn->world->flight_count + 1, sizeof *facts->past);
    add_past(turn, remediation, facts);
    add_flights(turn, remediation, facts);
    size_t serving, members;
    if (world_serving_lost(turn, &serving, &members)) {
        facts->serving = serving;
        facts->members = members;
    }
}

void world_remedy_facts_release(struct remedy_facts *facts)
{
    free(facts->past);
}
