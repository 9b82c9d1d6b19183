/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people decide about remediations: to approve one that asks, and to start one by hand. Both stay within TTL and
 * limits; who it was rides on the decision into the ledger. */
#include "scheduler/core/world_parts.h"

#include "lib/memory.h"
#include "lib/number.h"
#include "lib/text.h"

#include <assert.h>
#include <inttypes.h>

enum { GROUPS_SAID = 2 };

static bool is_in_group(const struct group *group, const char *user)
{
    for (size_t i = 0; group && i < group->shift_count; i++)
        for (size_t j = 0; j < group->shifts[i].user_count; j++)
            if (strcmp(group->shifts[i].users[j]->name, user) == 0)
                return true;
    return false;
}

static bool is_in_any(const struct model *model, const struct words *groups, const char *user)
{
    bool is_one = false;
    for (size_t i = 0; i < groups->count; i++)
        is_one |= is_in_group(model_group(model, groups->items[i]), user);
    return is_one;
}

bool world_may_approve(const struct world *world, const char *remediation, const char *user)
{
    const struct remediation *found = model_remediation(world->model, remediation);
    return found && is_in_any(world->model, &found->may_approve, user);
}

static bool may(const struct world *world, const struct words *groups, const char *user, const char *what,
                const struct remediation *remediation, struct error *error)
{
    bool is_one = is_in_any(world->model, groups, user);
    if (groups->count == 0)
        return error_set(error, "no group may %s the remediation \"%s\": \"may\" names none", what,
                         remediation->name);
    return is_one || error_set(error, "\"%s\" is in no group that may %s the remediation \"%s\"", user, what,
                               remediation->name);
}

/* ---- asking ---- */

void world_approval_ask(struct turn *turn, const struct remediation *remediation, struct course *course,
                        struct remedy_answer *answer)
{
    struct text run = TEXT_INIT;
    course->asked_until = answer->next;
    course->said_next = answer->next;
    course->runs++; /* the id under which it is approved, and then runs */
    world_run_id(&run, turn, course);
    for (size_t i = 0; i < remediation->may_approve.count && i < GROUPS_SAID; i++) {
        size_t said = strlen(answer->text);
        (void)snprintf(answer->text + said, sizeof answer->text - said, "%s%.40s",
                       i ? ", " : " by someone of ", remediation->may_approve.items[i]);
    }
    size_t length = strlen(answer->text);
    (void)snprintf(answer->text + length, sizeof answer->text - length,
                   "; approve it by \"watchbill remediation approve %s\"", run.bytes);
    world_remedy_decision(turn, remediation, ACT_ASK, answer, run.bytes);
    world_alert_remediation(turn, remediation, run.bytes, answer->text, 0);
    text_release(&run);
}

/* The course that asks under that id, of the problem of ${record}. */
static struct course *find_asking(struct record *record, const char *run)
{
    for (size_t i = 0; record->problem && i < record->problem->course_count; i++) {
        struct course *course = &record->problem->courses[i];
        struct text id = TEXT_INIT;
        text_format(&id, "p%" PRIu64 "-%s-%u", record->state.problem, course->remediation, course->runs);
        bool same = course->asked_until && strcmp(id.bytes, run) == 0;
        text_release(&id);
        if (same)
            return course;
    }
    return NULL;
}

static bool approve(struct turn *turn, struct course *course, const char *run, const char *user,
                    struct error *error)
{
    const struct remediation *remediation = model_remediation(turn->world->model, course->remediation);
    if (!remediation)
        return error_set(error, "the remediation \"%s\" is no longer configured", course->remediation);
    if (!may(turn->world, &remediation->may_approve, user, "approve", remediation, error))
        return false;
    if (course->approved_by)
        return error_set(error, "\"%s\" was approved by \"%s\"", run, course->approved_by);
    if (turn->now >= course->asked_until)
        return error_set(error, "the time to approve \"%s\" is over", run);
    course->approved_by = memory_text(user);
    world_settle(turn, false);
    return true;
}

bool world_approve(struct world *world, const char *run, const char *user, int64_t now, world_sink *sink,
                   void *owner, struct error *error)
{
    for (uint32_t i = 0; i < world->count; i++) {
        struct course *course = find_asking(&world->records[i], run);
        if (!course)
            continue;
        struct turn turn = world_turn(world, i, now, sink, owner);
        bool done = approve(&turn, course, run, user, error);
        world_post_deliver(world, sink, owner);
        return done;
    }
    return error_set(error, "nothing asks for approval as \"%s\"", run);
}

/* ---- by hand ---- */

static bool is_named(const struct check_plan *plan, const struct remediation *remediation)
{
    bool named = false;
    for (size_t i = 0; i < plan->remediate_count; i++)
        named |= plan->remediate[i] == remediation;
    return named;
}

static void refuse(struct turn *turn, const struct remediation *remediation, const struct error *error)
{
    struct remedy_answer answer = {.step = REMEDY_NOTHING};
    (void)snprintf(answer.text, sizeof answer.text, "%.255s", error->text);
    world_remedy_decision(turn, remediation, ACT_REFUSE, &answer, NULL);
}

/* By hand there is no time to wait for, and no state to be for; what binds it otherwise holds. */
static bool may_start(const struct turn *turn, const struct remediation *remediation, const char *user,
                      struct error *error)
{
    static const struct course nothing = {.runs = 0};
    struct remedy_facts facts;
    struct remedy_answer answer;
    if (!may(turn->world, &remediation->may_run, user, "run", remediation, error))
        return false;
    world_remedy_facts(turn, remediation, &nothing, &facts);
    remedy_decide_by_hand(&facts, turn->now, &answer);
    world_remedy_facts_release(&facts);
    if (answer.step == REMEDY_RUN)
        return true;
    struct text when = TEXT_INIT;
    if (answer.next > turn->now) {
        text_add(&when, "; it may run in ");
        duration_write(&when, (answer.next - turn->now + 999) / 1000 * 1000);
    }
    error_set(error, "the remediation \"%s\" does not run on \"%s\": %s%s", remediation->name,
              turn->binding->host->name, answer.text, when.bytes);
    text_release(&when);
    return false;
}

static void start(struct turn *turn, const struct remediation *remediation, bool dry_run, char **run)
{
    struct remedy_answer answer = {.step = REMEDY_RUN};
    struct text id = TEXT_INIT;
    text_format(&id, "hand-%" PRId64 "-%s-%s", turn->now, remediation->name, turn->binding->host->name);
    (void)snprintf(answer.text, sizeof answer.text, "started by \"%.100s\"", turn->author);
    if (!dry_run)
        world_flight_start(turn, remediation, id.bytes, 0);
    world_remedy_decision(turn, remediation, dry_run ? ACT_DRY_RUN : ACT_RUN, &answer, id.bytes);
    *run = text_take(&id);
}

bool world_remediate(struct world *world, uint32_t binding, const char *name, const char *user, bool dry_run,
                     int64_t now, char **run, world_sink *sink, void *owner, struct error *error)
{
    assert(binding < world->count);
    const struct remediation *remediation = model_remediation(world->model, name);
    struct turn turn = world_turn(world, binding, now, sink, owner);
    if (!remediation)
        return error_set(error, "no such remediation: \"%s\"", name);
    if (!is_named(turn.binding->plan, remediation))
        return error_set(error, "the check \"%s/%s\" does not name the remediation \"%s\"",
                         turn.binding->host->name, turn.binding->plan->name, name);
    turn.author = user;
    bool good = may_start(&turn, remediation, user, error);
    if (good)
        start(&turn, remediation, dry_run, run);
    else
        refuse(&turn, remediation, error);
    world_post_deliver(world, sink, owner);
    return good;
}
