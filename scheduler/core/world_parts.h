/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of world share. Nobody else includes it. */
#ifndef WATCHBILL_CORE_WORLD_PARTS_H
#define WATCHBILL_CORE_WORLD_PARTS_H

#include "lib/text.h"
#include "scheduler/core/plan.h"
#include "scheduler/core/comment.h"
#include "scheduler/core/downtime.h"
#include "scheduler/core/record.h"
#include "scheduler/core/silence.h"
#include "scheduler/core/world.h"

/* A run of a remediation that has been decided and has not ended. */
struct flight {
    char *run;
    char *remediation;
    char *host;
    char *check;
    char *author;     /* who approved it; NULL: nobody was asked */
    uint32_t binding; /* WORLD_SITE: the check is no longer configured */
    uint64_t problem;
    int64_t started;
    int64_t recovered; /* epoch ms: the end of its problem while it was under way; 0: the problem lasts */
    int64_t lasted, without, paged; /* then: its verdict_facts */
};

/* A run that counts against limits. */
struct past_run {
    char *remediation;
    char *target;
    int64_t started;
    int64_t ended; /* 0: not known to have ended */
};

/* News of a service that is being gathered for a group into one message. */
struct gathering {
    char *service;
    char *group;
    int64_t due;      /* when it is told */
    int64_t repeated; /* when repeats were last told together; not saved */
};

/* Who was told that a channel fails, and by what. */
struct channel_told {
    char *user;
    char *contact; /* record_contact_key; "": there was no other way, and that was recorded */
    enum urgency urgency;
};

struct channel_trouble {
    bool fails;
    int64_t since; /* epoch ms */
    struct channel_told *told;
    size_t count;
};

/* A recovery that waits for its reader's window. It outlives the problem, and so holds what the message needs. */
struct owed {
    uint32_t binding;
    char *host, *check;
    char *user, *contact; /* the contact as record_contact_key */
    enum urgency urgency;
    enum verdict verdict; /* what its reader knows */
    uint64_t problem;
    int64_t opened;
    uint32_t number;
    int64_t due; /* epoch ms; 0: when the check is OK again */
};

/* What one contact got lately, and what is held back when that was too much. */
struct storm {
    char *user, *contact; /* the contact as record_contact_key */
    enum urgency urgency; /* the highest of what is held back */
    int64_t *sent;        /* epoch ms, rising */
    size_t sent_count;
    bool full;     /* everything is held back until then */
    int64_t until; /* epoch ms: when the summary is sent; 0: there is nothing for one */
    uint32_t number;
    uint32_t held;       /* messages since the last summary */
    struct ended *ended; /* recoveries that are to be in the summary */
    size_t ended_count;
    uint32_t ended_more; /* beyond what is kept by name */
};

struct ended {
    char *host, *check;
};

struct saved_reader;
struct post; /* a message that may grow until the end of the input */
struct links;
struct links_list;

/* An acknowledgement whose problem is over, or has returned soft. */
struct kept {
    char *host, *check;
    char *author, *comment;
    int64_t ends; /* by itself; 0: not */
    enum verdict verdict;
    int64_t until; /* it is kept */
    bool returned; /* in time, and not hard yet */
};

/* What people said. */
struct calm {
    uint64_t version; /* counts the changes of all below */
    struct silences silences;
    struct downtimes downtimes;
    struct comments comments;
    struct kept *kept;
    size_t kept_count;
};

/* The next review of one owner; epoch ms. */
struct waiting_review {
    char *owner;
    int64_t due;
    int64_t again; /* when to try it again, because nobody could be reached; 0: at ${due} */
};

/* An issue as its tracker has it. */
struct tracked {
    char *issue;
    enum issue_state state;
    int64_t known; /* epoch ms: the last answer, or the start */
    int64_t told;  /* epoch ms: when the tracker was told something last; 0: never */
    int64_t runs;  /* of its remediations that it was told of */
    bool unheard;  /* it was closed, and has heard nothing since */
};

struct world {
    const struct model *model;
    struct links *links;    /* of the model */
    struct record *records; /* by binding */
    struct plan *timers;    /* by binding, the site's behind them; epoch ms */
    struct plan *stale;     /* by binding, when its freshness ends; NULL: no check has one */
    struct tally *tallies;  /* of services that say how many hosts must serve */
    size_t tally_count;
    bool tallies_due;       /* they are to be counted anew */
    int64_t started, begun; /* epoch ms: the start, the newest start or reload; 0: not told */
    int64_t awaited_until;  /* epoch ms: until then some problem may wait for another's result; not saved */
    size_t count;
    uint64_t next_problem;
    uint64_t site_changes;
    struct calm calm;
    struct flight *flights;
    size_t flight_count;
    struct past_run *past;
    size_t past_count;
    size_t past_room; /* so many: then those that no limit counts any more are forgotten */
    struct gathering *gatherings;
    size_t gathering_count;
    struct channel_trouble channels[CHANNEL_COUNT];
    struct owed *owed;
    size_t owed_count;
    struct storm *storms;
    size_t storm_count;
    struct post *posts;
    size_t post_count;
    struct tracked *tracked;
    size_t tracked_count;
    struct waiting_review *reviews;
    size_t review_count;
    struct governed *governed;
    size_t governed_count;
};

/* One input that is being decided on. */
struct turn {
    struct world *world;
    uint32_t index;
    const struct binding *binding;
    struct record *record;
    int64_t now;
    world_sink *sink;
    void *owner;
    uint32_t notice;                   /* the number of what people are told in this turn; 0: nothing yet */
    const char *author;                /* who made the decision: a person, or NULL */
    const struct verdict_facts *facts; /* of the verdict that is being decided; else NULL */
};

/* world_turn(world, binding, now, sink, owner): the input of ${now} about that check. */
struct turn world_turn(struct world *world, uint32_t binding, int64_t now, world_sink *sink, void *owner);
/* world_decision(turn, kind): a decision about the turn's check as it stands. */
struct decision world_decision(const struct turn *turn, enum decision_kind kind);
/* world_settle(turn, fresh): decide whom to tell and what to do about an open problem, and set the timer. */
void world_settle(struct turn *turn, bool fresh);
/* world_settle_after(turn): the same, because another check has a result: news of this instant is news still, in
 * whatever order the results of an instant come. */
void world_settle_after(struct turn *turn);
/* world_earlier(a, b): of two instants of which 0 means never. */
int64_t world_earlier(int64_t a, int64_t b);
/* world_seconds(at): the epoch second in which ${at} (ms) is, for windows. */
int64_t world_seconds(int64_t at);

/* world_quiet(turn, next, text): the decision not to speak. */
void world_quiet(const struct turn *turn, int64_t next, const char *text);

/* What one contact is told of the turn's check. */
struct message {
    enum notice notice;
    uint32_t number; /* of the notice within the problem */
    enum urgency urgency;
    const struct user *user;
    const struct contact *contact;
    const char *key; /* record_contact_key of the contact */
    const struct remediation *remediation;
    const char *run; /* that asks for approval; NULL */
    const char *reason;
    int64_t next; /* of a remediation that is held back: when it may run, epoch ms; 0: not by itself */
    const uint32_t *members; /* of a message about the site: the bindings that it is about; NULL: none */
    size_t member_count;
    const struct binding *about; /* of one about the site: the only check it is about; NULL: else */
    unsigned escalation;
};

/* A group that is to be told of a problem, because the rule names it or because it has come that far. */
struct called {
    const struct group *group;
    enum urgency urgency;
    unsigned step; /* of the rule's `escalate`, from 1 on; 0: it is of the rule itself */
    bool now;      /* its step is taken at this instant */
};

/* world_escalate_groups(turn, count): the groups to tell, those of the steps that have been taken and are taken now
 * behind those of the rule; each once, with the higher urgency. The caller frees the list. */
struct called *world_escalate_groups(const struct turn *turn, size_t *count);
/* world_escalate_next(turn): when the next step of the rule is to be taken; 0: there is none. */
int64_t world_escalate_next(const struct turn *turn);
/* world_escalate_climb(turn, called, next): the next on the group's rota who can be reached and does not know, when it is
 * time for that; NULL: nobody, or not yet. ${next}: when to ask again; 0: not by itself. */
const struct user *world_escalate_climb(const struct turn *turn, const struct called *called, int64_t *next);
/* world_escalate_when(turn, ahead): when the next person or group will be called, unless someone acknowledges; 0: everyone
 * who is on call then knows, and so does whoever will be in the ${ahead} seconds from then on. To look ahead costs more
 * than to decide. */
int64_t world_escalate_when(const struct turn *turn, int64_t ahead);
/* world_escalate_begin(problem, now): it is told for the first time, or should be and there is nobody: the time of the
 * further steps begins. */
void world_escalate_begin(struct problem *problem, int64_t now);
/* world_escalate_restart(problem, now): nobody is on it any more: the times count from now. */
void world_escalate_restart(struct problem *problem, int64_t now);
/* world_escalate_hurry(turn): the next step of everything that escalates is due now, and the first page of what is
 * delayed; false: there is none. */
bool world_escalate_hurry(struct turn *turn);

/* world_post(turn, message): tell it. What belongs to a rule with `group_wait` is kept until world_post_deliver, with
 * which every input ends: the messages of one contact, service, kind and urgency become one. */
void world_post(const struct turn *turn, const struct message *message);
/* world_post_recovery(turn, message, problem, opened): the same of a problem that was closed before. */
void world_post_recovery(const struct turn *turn, const struct message *message, uint64_t problem,
                         int64_t opened);
void world_post_deliver(struct world *world, world_sink *sink, void *owner);

/* world_post_site(message, name, verdict, began, now, ...): tell what is about no single check: its subject is "watchbill"
 * and ${name}. ${began} and the message's number tell it from others of the same name. */
void world_post_site(const struct message *message, const char *name, enum verdict verdict, int64_t began,
                     int64_t now, world_sink *sink, void *owner);
/* world_site_quiet(name, now, next, text, ...): the decision not to tell it. */
void world_site_quiet(const char *name, int64_t now, int64_t next, const char *text, world_sink *sink,
                      void *owner);

/* The channels that fail, and who was told of it: saved as a new reference, loaded in place of what is known; what is
 * refused leaves none. */
json_t *world_channel_save(const struct world *world);
bool world_channel_load(struct world *world, const json_t *saved, struct error *error);
void world_channel_release(struct world *world);

/* world_find_contact(user, key, urgency): the user's contact of that record_contact_key; NULL: it is gone. */
const struct contact *world_find_contact(const struct user *user, const char *key, enum urgency urgency);

/* Recoveries that wait for a window: world_owed.c. world_owed_recovery: keep that of ${message} for later when its
 * contact's window for recoveries is closed; false: it is open, so tell it now. */
bool world_owed_recovery(const struct turn *turn, const struct told *told, const struct message *message);
/* world_owed_cancel(turn, message, told): the contact is about to be told of a problem while the recovery of the one
 * before is owed to it: neither that nor, when it is no news to the reader, this is told. True: it is no news. */
bool world_owed_cancel(const struct turn *turn, const struct message *message, struct told *told);
/* world_owed_closed(turn): the problem is over; what waited for that is told in its window. */
void world_owed_closed(const struct turn *turn);
/* world_owed_wake(world): windows, contacts or the clock have changed. */
void world_owed_wake(struct world *world);
/* They are saved with their check: a night may leave many. world_owed_load adds to what world_owed_forget cleared. */
void world_owed_save(const struct world *world, uint32_t binding, json_t *saved);
void world_owed_load(struct saved_reader *reader, struct world *world, uint32_t binding);
void world_owed_forget(struct world *world, uint32_t binding);
int64_t world_owed_due(const struct world *world);
void world_owed_tick(struct world *world, int64_t now, world_sink *sink, void *owner);
void world_owed_release(struct world *world);

/* Storms: world_storm.c. world_storm_holds: whether ${decision}, an alert with contact and binding, is one too many for
 * its contact; then that is recorded, and it is told in a summary. Else it counts, and what it is about was heard of. */
bool world_storm_holds(struct world *world, const struct decision *decision, const char *key,
                       world_sink *sink, void *owner);
/* world_storm_cancels(turn, told): it is over before the contact was told in a summary; true: so there is nothing to tell.
 * world_storm_recovery: the contact knows of it from a summary alone, so its end goes into one too; false: tell it. */
bool world_storm_cancels(const struct turn *turn, const struct told *told);
bool world_storm_recovery(const struct turn *turn, const struct told *told, const struct message *message);
/* world_storm_returns(turn, key): the contact is told of a problem while the recovery of the one before waits for a
 * summary: that is taken back. True: so it knows that it is bad. */
bool world_storm_returns(const struct turn *turn, const char *key);
/* world_storm_closed(turn): the problem is over; an end before it that still waits can be told now. */
void world_storm_closed(const struct turn *turn);
json_t *world_storm_save(const struct world *world);
bool world_storm_load(struct world *world, const json_t *saved, struct error *error);
int64_t world_storm_due(const struct world *world);
void world_storm_tick(struct world *world, int64_t now, world_sink *sink, void *owner);
void world_storm_shift(struct world *world, int64_t delta);
void world_storm_release(struct world *world);

/* world_gather(turn, group): until when news of the turn's service waits for more, for that group. */
int64_t world_gather(const struct turn *turn, const struct group *group);
/* world_gather_repeats(turn, group): a repeat is told now; those of the service that are due within `group_wait` go
 * with it, so that they stay together. */
void world_gather_repeats(const struct turn *turn, const struct group *group);
json_t *world_gather_save(const struct world *world);
bool world_gather_load(struct world *world, const json_t *saved, struct error *error);
void world_gather_shift(struct world *world, int64_t delta);
void world_gather_release(struct world *world);

/* world_alert_consider(turn, fresh): tell whoever is to be told of the present state; returns when to
 * consider it again, 0: not by itself. */
int64_t world_alert_consider(struct turn *turn, bool fresh);
/* The others tell whoever was told before. */
void world_alert_recovery(struct turn *turn);
void world_alert_acknowledgement(struct turn *turn);
void world_alert_flapping_stop(struct turn *turn);
/* ${run}: the id under which it asks for approval; NULL: it does not. ${next}: when it may run, epoch ms; 0: not by
 * itself. */
void world_alert_remediation(struct turn *turn, const struct remediation *remediation, const char *run,
                             const char *reason, int64_t next);

/* What the world knows beside the checks is in parts. Each row of the table in world_site.c has a name, and how it
 * is saved, loaded, and taken on in time: world_site_tick does what is due in each part. world_site_changed: a part has
 * changed and is to be saved. world_site_arm sets the site's timer to what is due first; both others do that too. A tick
 * must leave nothing due at its instant. */
void world_site_tick(struct world *world, int64_t now, world_sink *sink, void *owner);
void world_site_changed(struct world *world);
void world_site_arm(struct world *world);

/* What one person is told about no check: of a silence, of a remediation. */
struct world_message {
    enum notice notice;
    const char *name; /* of its subject, which is "watchbill" */
    int64_t began;    /* differs for each thing that is told of */
    uint32_t number;  /* of the message about it: both and the reader give the message id */
    const char *reason;
    const uint32_t *members; /* the bindings that it is about; NULL: none */
    size_t member_count;
};

/* world_tell(world, message, reader, now, ...): tell a user, or whoever of a group is called first, by every contact of
 * the urgency notify that may be used now; false: there is none. world_tell_when: when one may be used; 0: never. */
bool world_tell(const struct world *world, const struct world_message *message, const char *reader,
                int64_t now, world_sink *sink, void *owner);
int64_t world_tell_when(const struct world *world, const char *reader, int64_t now);
/* world_told_or_when(...): 0 when the reader was told, else when to try it again, in a day at the latest. */
int64_t world_told_or_when(const struct world *world, const struct world_message *message, const char *reader,
                           int64_t now, world_sink *sink, void *owner);

/* What is remembered of each remediation (world_governed.c). _look: the configuration is new, or what was remembered
 * was loaded. _facts fills in `unexplained` and `runs`; _ran: a run began. The others are the site's part. */
void world_governed_look(struct world *world);
void world_governed_facts(const struct world *world, const struct remediation *remediation,
                          struct remedy_facts *facts);
void world_governed_ran(struct world *world, const char *remediation);
void world_governed_ran_not(struct world *world,
                            const char *remediation); /* the last of these did not begin */
/* _began: the id of the run that began. */
void world_governed_began(struct world *world, const char *remediation, const char *run);
/* _lasted: a problem that it is for passed after ${span} ms without a run of any; _without: the median of the newest
 * of those, 0: there is none. */
void world_governed_lasted(struct world *world, const char *remediation, int64_t span);
int64_t world_governed_without(const struct world *world, const char *remediation);
json_t *world_governed_save(const struct world *world);
bool world_governed_load(struct world *world, const json_t *saved, struct error *error);
/* _died: a run was interrupted whose problem is over, so that nobody else would be told: its owner is. */
void world_governed_died(struct world *world, const char *remediation, const char *sentence, int64_t now);
int64_t world_governed_due(const struct world *world);
void world_governed_tick(struct world *world, int64_t now, world_sink *sink, void *owner);
void world_governed_release(struct world *world);

/* Issues (world_issue.c), a part of the site. _fault: what disarms the remediation; NULL: nothing. */
void world_issue_begin(struct world *world, int64_t now);
const char *world_issue_fault(const struct world *world, const struct remediation *remediation, int64_t now);
json_t *world_issue_save(const struct world *world);
bool world_issue_load(struct world *world, const json_t *saved, struct error *error);
void world_issue_release(struct world *world);

/* The weekly review (world_review.c), a part of the site. _begin: of world_begin. */
void world_review_begin(struct world *world, int64_t now);
json_t *world_review_save(const struct world *world);
bool world_review_load(struct world *world, const json_t *saved, struct error *error);
int64_t world_review_due(const struct world *world);
void world_review_tick(struct world *world, int64_t now, world_sink *sink, void *owner);
void world_review_release(struct world *world);

/* world_facts(turn, facts): what quiet needs to know. */
void world_facts(const struct turn *turn, struct quiet_facts *facts);

/* How something stands that a check rests on, seen from the check's own last result. */
enum standing { STANDING_FINE, STANDING_RECOVERED, STANDING_BAD };
/* world_standing(state, bad, since): ${bad}: its hard state is a problem. RECOVERED: it is fine only after ${since}, so
 * that a result from before says nothing. NULL or PENDING is FINE. */
enum standing world_standing(const struct state *state, bool bad, int64_t since);

/* world_host.c: the facts about the check's host. */
void world_host_facts(const struct turn *turn, struct quiet_facts *facts);

/* world_inhibit.c: what may hold the turn's check back by a rule, behind what ${list} has: a bounded number. */
void world_inhibit_sources(const struct turn *turn, struct links_list *list);

/* world_source.c. world_source_facts: whether what the check rests on has yet to show a fresh result. world_source_ask:
 * that is run now. world_source_told: this check has a result; those that rest on it are decided on again. */
bool world_source_can_be_asked(const struct world *world, uint32_t index,
                               int64_t now); /* whether the daemon can run it now */
void world_source_facts(const struct turn *turn, struct quiet_facts *facts);
void world_source_ask(const struct turn *turn, bool news); /* ${news}: for the first time */
void world_source_told(const struct turn *turn, unsigned changes);
/* world_source_awaits(reason): it may end by the results of others. world_source_run: that check is run now. */
bool world_source_awaits(enum quiet_reason reason);
void world_source_run(const struct turn *turn, uint32_t index, const char *reason);

/* world_take: world_result, of which what is told is not yet delivered. */
void world_take(struct world *world, uint32_t binding, const struct result *result, int64_t now,
                world_sink *sink, void *owner);

/* world_serving.c. world_serving_make: for another model; world_serving_told: this check has a result;
 * world_serving_tick: counts anew what is due; world_serving_ask(turn, index, reason): run the checks of the hosts that do
 * not serve, from which ${index} is counted; false: none can be run. */
void world_serving_make(struct world *world);
void world_serving_release(struct world *world);
void world_serving_told(const struct turn *turn);
bool world_serving_ask(const struct turn *turn, uint32_t index, const char *reason);
/* world_serving_lost(turn, serving, hosts): whether redundancy of the host's service is lost and the host is one of the
 * ${serving} of ${hosts} that still serve: what acts on it could take it away. */
bool world_serving_lost(const struct turn *turn, size_t *serving, size_t *hosts);
void world_serving_tick(struct world *world, int64_t now, world_sink *sink, void *owner);

/* world_verify.c. world_verify_told: this check has a result; world_verify_due, world_verify_tick: of a check "verify". */
void world_verify_told(const struct turn *turn);
int64_t world_verify_due(const struct world *world, uint32_t index);
void world_verify_tick(const struct turn *turn);

/* world_fresh.c. world_fresh_make: for another model; world_fresh_arm: after a result; world_fresh_wake: what is known
 * of the check was replaced. */
void world_fresh_make(struct world *world);
void world_fresh_wake(struct world *world, uint32_t index);
void world_fresh_again(struct world *world, uint32_t index,
                       int64_t now); /* it is stale: look after `retry` */
void world_fresh_arm(struct world *world, uint32_t index, int64_t now);
void world_fresh_tick(struct world *world, int64_t now, world_sink *sink, void *owner);
/* world_window_facts(turn, facts): the facts about the check's own window. */
void world_window_facts(const struct turn *turn, struct quiet_facts *facts);
int64_t world_fresh_due(const struct world *world); /* INT64_MAX: never */

/* world_remedy_consider(turn): decide on each remediation of the check; returns as above. */
int64_t world_remedy_consider(struct turn *turn);
/* Asking a person (world_approve.c): ${answer} of REMEDY_ASK; its text gets the command that approves it. */
void world_approval_ask(struct turn *turn, const struct remediation *remediation, struct course *course,
                        struct remedy_answer *answer);
/* world_flight_start(turn, remediation, run, problem): it is under way from now on, and counts. */
void world_flight_start(struct turn *turn, const struct remediation *remediation, const char *run,
                        uint64_t problem);
/* The decision on a remediation, and the id of the last run of a course. */
void world_remedy_decision(const struct turn *turn, const struct remediation *remediation, enum act act,
                           const struct remedy_answer *answer, const char *run);
void world_run_id(struct text *id, const struct turn *turn, const struct course *course);
/* Whether runs helped (world_judge.c). _consider: with the present state, at the present time; returns when to consider
 * it again, 0: not by itself. _ended: a run of the open problem ended. _recovered: the problem is about to be closed.
 * _late: a run ended that was under way when its problem did. */
int64_t world_judge_consider(struct turn *turn);
void world_judge_ended(struct turn *turn, const struct flight *flight, const struct run_end *end);
void world_judge_recovered(struct turn *turn);
void world_judge_late(struct turn *turn, const struct flight *flight, const struct run_end *end);
/* world_flight_add(...): a run is under way; the pointer is valid until the next is added or taken. */
struct flight *world_flight_add(struct world *world, uint32_t binding, const char *run,
                                const char *remediation, uint64_t problem, int64_t started);
void world_flight_release(struct flight *flight);
/* world_flight_find(world, run): that of those under way; NULL: there is none. */
struct flight *world_flight_find(const struct world *world, const char *run);
/* world_flight_take(world, run, taken): remove it from those under way; the caller releases it. */
bool world_flight_take(struct world *world, const char *run, struct flight *taken);
/* world_past_add(...): a run that counts against limits; what no limit looks at any more is forgotten.
 * world_past_end: it has ended; world_past_drop: it did not begin; false: it did not count. */
void world_past_add(struct world *world, const char *remediation, const char *target, int64_t started,
                    int64_t ended, int64_t now);
bool world_past_drop(struct world *world, const struct flight *flight);
void world_past_end(struct world *world, const struct flight *flight, int64_t now);
/* world_remedy_facts(turn, remediation, course, facts): what remedy needs to know; to be released. */
void world_remedy_facts(const struct turn *turn, const struct remediation *remediation,
                        const struct course *course, struct remedy_facts *facts);
void world_remedy_facts_release(struct remedy_facts *facts);

#endif
