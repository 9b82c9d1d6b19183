/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is told. */
#include "scheduler/core/rota.h"
#include "scheduler/core/world_parts.h"

#include "lib/memory.h"
#include "lib/text.h"

#include <assert.h>

void world_quiet(const struct turn *turn, int64_t next, const char *text)
{
    struct decision decision = world_decision(turn, DECISION_QUIET);
    decision.reason = text;
    decision.next = next;
    turn->sink(turn->owner, &decision);
}

/* A reason is told when it is news: at a change of the hard state, and when it differs from the last one. */
static void give_reason(struct turn *turn, const struct quiet_answer *answer, bool fresh)
{
    struct problem *problem = turn->record->problem;
    bool news = fresh || answer->reason != problem->quiet;
    if (news)
        world_quiet(turn, answer->next, answer->text);
    if (answer->reason == QUIET_PARENT || (answer->reason == QUIET_GRACE && news))
        world_source_ask(turn, news);
    problem->quiet = answer->reason;
}

static uint32_t number_of(struct turn *turn)
{
    if (turn->notice == 0)
        turn->notice = ++turn->record->problem->notices;
    return turn->notice;
}

/* A contact of two groups is told once; so is one that a message of this very turn has told the state. */
static void tell_contact(struct turn *turn, struct message *message, enum told_of of)
{
    char *key = record_contact_key(message->contact);
    struct told *told = record_told(turn->record->problem, message->user->name, key);
    message->number = number_of(turn);
    message->key = key;
    if (told->notice != message->number) {
        told->notice = message->number;
        bool problem = message->notice == NOTICE_PROBLEM;
        if (problem && world_storm_returns(turn, key))
            told->of |= TOLD_HEARD;
        if (!problem || !world_owed_cancel(turn, message, told))
            world_post(turn, message);
    }
    if (message->notice == NOTICE_PROBLEM)
        told->verdict = turn->record->state.verdict;
    told->urgency = message->urgency;
    told->of |= of;
    free(key);
}

static void tell_user(struct turn *turn, const struct called *called, const struct user *user, unsigned level,
                      enum notice notice, enum told_of of)
{
    size_t room = user->contact_count[called->urgency];
    const struct contact **contacts = memory_get(room, sizeof(const struct contact *));
    size_t count =
        rota_contacts_for(turn->world->model, called->group, user, called->urgency,
                          model_importance(turn->binding), world_seconds(turn->now), contacts, room);
    for (size_t i = 0; i < count && i < room; i++) {
        struct message message = {.notice = notice,
                                  .urgency = called->urgency,
                                  .user = user,
                                  .contact = contacts[i],
                                  .escalation = notice == NOTICE_PROBLEM ? called->step + level : 0};
        tell_contact(turn, &message, of);
    }
    free(contacts);
}

/* Whoever is first on the rota, and as many more as it has come up to. */
static void tell_group(struct turn *turn, const struct called *called, enum notice notice, enum told_of of)
{
    const struct model *model = turn->world->model;
    unsigned highest = record_group(turn->record->problem, called->group->name)->level;
    for (unsigned level = 0; level <= highest; level++) {
        const struct user *user =
            rota_first_for(model, called->group, called->urgency, model_importance(turn->binding),
                           world_seconds(turn->now), level);
        assert(user || level > 0); /* quiet_group saw to it */
        if (user)
            tell_user(turn, called, user, level, notice, of);
    }
}

/* ---- those who were told before ---- */

const struct contact *world_find_contact(const struct user *user, const char *key, enum urgency urgency)
{
    const struct contact *found = NULL;
    for (size_t i = 0; i < user->contact_count[urgency] && !found; i++) {
        char *other = record_contact_key(&user->contacts[urgency][i]);
        if (strcmp(other, key) == 0)
            found = &user->contacts[urgency][i];
        free(other);
    }
    return found;
}

static void tell_again(struct turn *turn, struct told *told, struct message *message)
{
    message->user = model_user(turn->world->model, told->user);
    message->contact = NULL;
    message->urgency = told->urgency;
    message->key = told->contact;
    if (message->user)
        message->contact = world_find_contact(message->user, told->contact, told->urgency);
    if (message->contact) {
        told->notice = message->number;
        bool recovery = message->notice == NOTICE_RECOVERY;
        bool kept =
            recovery && (world_storm_cancels(turn, told) || world_owed_recovery(turn, told, message) ||
                         world_storm_recovery(turn, told, message));
        if (!kept)
            world_post(turn, message);
    } else {
        struct text text = TEXT_INIT;
        text_format(&text, "\"%s\", who was told, has no longer that contact", told->user);
        world_quiet(turn, 0, text.bytes);
        text_release(&text);
    }
}

static void tell_those(struct turn *turn, enum told_of of, struct message *message)
{
    struct problem *problem = turn->record->problem;
    if (!record_anyone_told(problem, of)) {
        struct text text = TEXT_INIT;
        text_format(&text, "%s: nobody was told of the problem", notice_name(message->notice));
        world_quiet(turn, 0, text.bytes);
        text_release(&text);
        return;
    }
    for (size_t i = 0; i < problem->told_count; i++) {
        if (problem->told[i].of & of)
            tell_again(turn, &problem->told[i], message);
    }
}

void world_alert_recovery(struct turn *turn)
{
    struct message message = {.notice = NOTICE_RECOVERY, .number = number_of(turn)};
    tell_those(turn, TOLD_PROBLEM, &message);
}

void world_alert_acknowledgement(struct turn *turn)
{
    struct message message = {.notice = NOTICE_ACKNOWLEDGEMENT, .number = number_of(turn)};
    tell_those(turn, TOLD_PROBLEM, &message);
}

void world_alert_flapping_stop(struct turn *turn)
{
    struct problem *problem = turn->record->problem;
    struct message message = {.notice = NOTICE_FLAPPING_STOP, .number = number_of(turn)};
    if (record_anyone_told(problem, TOLD_FLAPPING))
        tell_those(turn, TOLD_FLAPPING, &message);
    for (size_t i = 0; i < problem->told_count; i++)
        problem->told[i].of &= ~(unsigned)TOLD_FLAPPING;
}

void world_alert_remediation(struct turn *turn, const struct remediation *remediation, const char *run,
                             const char *reason, int64_t next)
{
    struct problem *problem = turn->record->problem;
    if (problem->acknowledgement || turn->record->state.flapping) {
        struct text text = TEXT_INIT;
        text_format(&text, "remediation \"%s\": %s; not told, because it is %s", remediation->name, reason,
                    problem->acknowledgement ? "acknowledged" : "flapping");
        world_quiet(turn, 0, text.bytes);
        text_release(&text);
        return;
    }
    /* Two of them may fall into one turn, so each has a number of its own. */
    struct message message = {.notice = NOTICE_REMEDIATION,
                              .number = ++problem->notices,
                              .remediation = remediation,
                              .run = run,
                              .reason = reason,
                              .next = next};
    tell_those(turn, TOLD_PROBLEM, &message);
}

/* ---- whoever is on call ---- */

/* Flapping is as urgent as the worst of the states between which it goes. */
static enum verdict worst_recorded(const struct alert_rule *rule, const struct state *state)
{
    enum verdict worst = state->verdict;
    for (int i = 0; i < state->history_count; i++) {
        enum verdict verdict = (enum verdict)state->history[i];
        if (verdict != VERDICT_OK && (worst == VERDICT_OK || rule->urgency[verdict] > rule->urgency[worst]))
            worst = verdict;
    }
    return worst;
}

static int64_t tell_flapping_start(struct turn *turn, const struct quiet_facts *facts)
{
    const struct alert_rule *rule = turn->binding->plan->alert;
    if (!rule)
        return 0;
    struct state state = *facts->state;
    struct quiet_facts calm = *facts;
    struct quiet_answer answer;
    const struct quiet_last nothing = {.told = false};
    state.verdict = worst_recorded(rule, &state);
    state.type = STATE_HARD;
    state.flapping = false;
    calm.state = &state;
    calm.told = true;
    calm.awaited = NULL;
    quiet_problem(&calm, turn->now, &answer);
    if (answer.reason != QUIET_NOT)
        return answer.next;
    int64_t next = 0;
    for (size_t i = 0; i < rule->group_count; i++) {
        const struct called called = {.group = rule->groups[i], .urgency = rule->urgency[state.verdict]};
        quiet_group(&calm, called.group, called.urgency, &nothing, true, turn->now, &answer);
        if (answer.reason == QUIET_NOT)
            tell_group(turn, &called, NOTICE_FLAPPING_START, TOLD_FLAPPING);
        next = world_earlier(next, answer.next);
    }
    return record_anyone_told(turn->record->problem, TOLD_FLAPPING) ? 0 : next;
}

/* News for a group whose rule gathers waits for more of the service. */
static void gather(struct turn *turn, const struct group *group, struct quiet_last *last, bool fresh)
{
    const struct alert_rule *rule = turn->binding->plan->alert;
    bool news = fresh || !last->told || last->verdict != turn->record->state.verdict;
    if (news && rule->group_wait && !last->wait)
        last->wait = world_gather(turn, group);
}

static void tell_problem(struct turn *turn, const struct called *called, struct told_group *part, bool news)
{
    struct problem *problem = turn->record->problem;
    if (!news)
        world_gather_repeats(turn, called->group);
    if (!part->last.told)
        part->climbed = turn->now;
    world_escalate_begin(problem, turn->now);
    tell_group(turn, called, NOTICE_PROBLEM, TOLD_PROBLEM);
    part->last = (struct quiet_last){.told = true, .at = turn->now, .verdict = turn->record->state.verdict};
}

/* Who is up next when nobody acknowledges. */
static bool tell_next(struct turn *turn, const struct called *called, int64_t *next)
{
    const struct user *user = world_escalate_climb(turn, called, next);
    if (user)
        tell_user(turn, called, user, record_group(turn->record->problem, called->group->name)->level,
                  NOTICE_PROBLEM, TOLD_PROBLEM);
    return user != NULL;
}

/* One group of those that are to be told; ${answer}: why not; ${climb}: when to look for the next person. */
static bool tell_called(struct turn *turn, const struct quiet_facts *facts, const struct called *called,
                        bool fresh, struct quiet_answer *answer, int64_t *climb)
{
    const struct alert_rule *rule = turn->binding->plan->alert;
    struct told_group *part = record_group(turn->record->problem, called->group->name);
    fresh |= called->now;
    gather(turn, called->group, &part->last, fresh);
    bool waited = part->last.wait && turn->now >= part->last.wait;
    bool news = fresh || waited || !part->last.told || part->last.verdict != turn->record->state.verdict;
    quiet_group(facts, called->group, called->urgency, &part->last, news, turn->now, answer);
    bool spoke = answer->reason == QUIET_NOT;
    if (answer->reason == QUIET_NOBODY)
        world_escalate_begin(turn->record->problem, turn->now);
    if (spoke) {
        tell_problem(turn, called, part, news);
        answer->next = rule->repeat ? turn->now + rule->repeat : 0;
    }
    if (tell_next(turn, called, climb)) {
        spoke = true;
        answer->reason = QUIET_NOT;
    }
    return spoke;
}

static int64_t tell_groups(struct turn *turn, const struct quiet_facts *facts, bool fresh)
{
    struct problem *problem = turn->record->problem;
    struct quiet_answer silent = {.reason = QUIET_NOT};
    int64_t next = 0, climb = 0, said = 0;
    bool spoke = false;
    size_t count = 0;
    struct called *called = world_escalate_groups(turn, &count);
    for (size_t i = 0; i < count; i++) {
        struct quiet_answer answer;
        if (tell_called(turn, facts, &called[i], fresh, &answer, &climb))
            spoke = true;
        else if (silent.reason == QUIET_NOT || answer.reason < silent.reason)
            silent = answer;
        said = world_earlier(said, answer.next);
        next = world_earlier(next, world_earlier(answer.next, climb));
    }
    free(called);
    next = world_earlier(next, world_escalate_next(turn));
    if (spoke)
        problem->quiet = QUIET_NOT;
    if (silent.reason == QUIET_TOLD && problem->quiet != QUIET_TOLD)
        silent.next = world_earlier(said, world_escalate_when(turn, 0));
    if (silent.reason != QUIET_NOT && (silent.reason != QUIET_TOLD || !spoke))
        give_reason(turn, &silent, fresh && silent.reason != QUIET_TOLD);
    return next;
}

static void keep_acknowledgement(struct turn *turn)
{
    struct problem *problem = turn->record->problem;
    const struct acknowledgement *acknowledgement = problem->acknowledgement;
    if (!acknowledgement)
        return;
    bool over = acknowledgement->until != 0 && turn->now >= acknowledgement->until;
    if (!over && verdict_rank(turn->record->state.verdict) <= verdict_rank(acknowledgement->verdict))
        return;
    record_unacknowledge(problem);
    world_escalate_restart(problem, turn->now);
}

/* Of a problem, because without one there is nothing but a soft state. */
static int64_t consider_problem(struct turn *turn, bool fresh)
{
    const struct state *state = &turn->record->state;
    const struct alert_rule *rule = turn->binding->plan->alert;
    struct problem *problem = turn->record->problem;
    struct quiet_facts facts;
    struct quiet_answer answer;
    int64_t next = 0;
    keep_acknowledgement(turn);
    bool worth = rule && rule->urgency[state->verdict] != URGENCY_NONE && !problem->soft;
    if (worth && !problem->worth)
        problem->worth_since = turn->now;
    problem->worth = worth;
    world_facts(turn, &facts);
    if (state->flapping && !record_anyone_told(problem, TOLD_FLAPPING))
        next = tell_flapping_start(turn, &facts);
    if (state->verdict == VERDICT_OK) {
        answer = (struct quiet_answer){QUIET_FLAPPING, 0, "recovered while flapping; told when that stops"};
        give_reason(turn, &answer, fresh);
        return next;
    }
    quiet_problem(&facts, turn->now, &answer);
    if (answer.reason == QUIET_NOT)
        return world_earlier(next, tell_groups(turn, &facts, fresh));
    give_reason(turn, &answer, fresh || answer.reason == QUIET_SOFT);
    return world_earlier(next, answer.next);
}

int64_t world_alert_consider(struct turn *turn, bool fresh)
{
    if (turn->record->problem)
        return consider_problem(turn, fresh);
    struct quiet_facts facts;
    struct quiet_answer answer;
    world_facts(turn, &facts);
    quiet_problem(&facts, turn->now, &answer);
    if (answer.reason != QUIET_NOT)
        world_quiet(turn, 0, answer.text);
    return 0;
}
