/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scheduler's decisions, without a clock and without I/O: a model, what is known of each check, and rules
 * that turn an input at an instant into decisions. The daemon carries decisions out; `watchbill simulate`
 * prints them; both run this code. Instants are epoch milliseconds.
 *
 * state says what changed, quiet whether to speak and to whom, remedy whether to act; world joins them. */
#ifndef WATCHBILL_CORE_WORLD_H
#define WATCHBILL_CORE_WORLD_H

#include "scheduler/core/model.h"
#include "scheduler/core/state.h"

#include <jansson.h>

struct world;

enum decision_kind {
    DECISION_STATE,
    DECISION_ALERT,
    DECISION_QUIET,
    DECISION_REMEDIATION,
    DECISION_CHECK, /* this check is to be run now */
    DECISIONS
};
const char *decision_name(enum decision_kind kind); /* "state", "alert", "quiet", "remediation", "check" */

enum notice { /* kinds of alert */
              NOTICE_PROBLEM,
              NOTICE_RECOVERY,
              NOTICE_ACKNOWLEDGEMENT,
              NOTICE_FLAPPING_START,
              NOTICE_FLAPPING_STOP,
              NOTICE_REMEDIATION, /* a remediation that was refused, expired or had no effect */
              NOTICE_CHANNEL, /* a channel that fails, or works again: WORLD_SITE, its name is the channel's */
              NOTICE_DOWNTIME_START,
              NOTICE_DOWNTIME_END,
              NOTICE_REVIEW,  /* to the owner of remediations: WORLD_SITE, its name is the owner's */
              NOTICE_SILENCE, /* to its owner: it lasts, or has ended without use */
              NOTICE_STORM, /* WORLD_SITE, its members are what was not told one by one and how that stands now */
              NOTICES
};
const char *
notice_name(enum notice notice); /* "PROBLEM", "RECOVERY", "ACKNOWLEDGEMENT", "FLAPPINGSTART", ... */

enum act {
    ACT_RUN,
    ACT_WAIT,
    ACT_REFUSE,
    ACT_DRY_RUN,
    ACT_ASK,
    ACT_FIXED, /* from here the verdict on a run */
    ACT_NO_EFFECT,
    ACT_WORSE,
    ACT_MOOT /* the check had recovered before the run began */
};
const char *
act_name(enum act act); /* "run", "wait", "refuse", "dry_run", "ask", "fixed", "no_effect", "worse", "moot" */

enum { WORLD_SITE = UINT32_MAX }; /* in place of a binding: it is about no single check */

/* What the review asks of a run that was judged. Spans in ms. */
struct verdict_facts {
    int64_t lasted;  /* from the opening of the problem to the verdict */
    int64_t without; /* the median of those that passed without a run; 0: none did yet */
    bool paged;      /* people were told of the problem */
};

/* One decision. Pointers are valid during the call of the sink only. */
struct decision {
    enum decision_kind kind;
    int64_t at;
    uint32_t binding; /* or WORLD_SITE */
    const char *subject,
        *name; /* the host and the check; else what it is about, such as "watchbill" and "storm" */
    /* ALERT: the bindings that it tells of, in order, when there are several; else NULL. The rest is about the worst. */
    const uint32_t *members;
    size_t member_count;
    uint64_t problem; /* 0: none */
    enum verdict verdict;
    enum state_type type;
    int attempt;
    bool flapping;
    unsigned changes; /* STATE: bits of enum state_change */
    /* ALERT */
    enum notice notice;
    const struct user *user;
    const struct contact *contact;
    enum urgency urgency;
    unsigned escalation; /* PROBLEM: how far it has come: 0 whoever is called first, then one up for each */
    const char *message_id; /* stable: the same alert always has the same id */
    const char *reason;     /* QUIET, REMEDIATION, CHECK (and ALERT of a remediation): a sentence; STATE: why,
                             * when no result says it; else NULL */
    int64_t next;           /* QUIET, REMEDIATION wait: when it could be next; 0: not by itself */
    /* REMEDIATION */
    enum act act;
    const struct remediation *remediation;
    const char *author;                /* of a run: who approved or started it; NULL: nobody did */
    const struct verdict_facts *facts; /* of a verdict on a run; else NULL */
    const char *run; /* the run id, of ACT_RUN, ACT_DRY_RUN and the verdicts; of an ALERT, the
                      * one that asks for approval */
};

typedef void world_sink(void *owner, const struct decision *decision);

/* world_create(model): every check is PENDING. The model must outlive its use; world_adopt swaps it. */
struct world *world_create(const struct model *model);
void world_free(struct world *world);

/* world_adopt(world, model): go on with a new generation; what is known is carried over by HOST/CHECK; what no
 * longer exists is forgotten. */
void world_adopt(struct world *world, const struct model *model);
/* world_begin(world, now): after a start, when all was loaded, and after world_adopt: from now on first fresh results
 * are waited for, as long as `grace`. */
void world_begin(struct world *world, int64_t now);
const struct model *world_model(const struct world *world);

struct result {
    enum verdict verdict;
    int64_t at;       /* when the check ran; epoch ms */
    const char *text; /* first line, for decisions' readers; not kept by the world */
    bool passive;
    bool computed; /* counted by the world itself from the states of others */
    bool stale;    /* made by the world itself, because none came */
};

/* world_result(world, binding, result, now, sink, owner): take a result and decide. */
void world_result(struct world *world, uint32_t binding, const struct result *result, int64_t now,
                  world_sink *sink, void *owner);

/* world_due(world): the earliest instant at which world_tick has something to do; INT64_MAX: nothing. */
int64_t world_due(const struct world *world);
/* world_tick(world, now, sink, owner): everything whose time has come: delays that ended, repeats, windows that
 * opened, remediations whose wait is over. */
void world_tick(struct world *world, int64_t now, world_sink *sink, void *owner);

/* world_clock_set(world, delta, now): the civil clock was set ${delta} ms forward, or back, to ${now}. What happened
 * keeps its distance from now, so that delays, repeats and limits last as long as they should; windows and what
 * people set follow the clock. With 0 after world_load: a clock that was set back meanwhile shows by results of the
 * future. Every open problem is considered at the next tick. */
void world_clock_set(struct world *world, int64_t delta, int64_t now);

/* world_acknowledge(world, binding, author, comment, until, now, ...): until 0: until it is OK. false with a
 * sentence when there is no problem. world_unacknowledge takes it back. */
bool world_acknowledge(struct world *world, uint32_t binding, const char *author, const char *comment,
                       int64_t until, int64_t now, world_sink *sink, void *owner, struct error *error);
bool world_unacknowledge(struct world *world, uint32_t binding, int64_t now, world_sink *sink, void *owner,
                         struct error *error);

/* Whether an issue is open, as its tracker says. */
enum issue_state { ISSUE_UNKNOWN, ISSUE_OPEN, ISSUE_CLOSED };
const char *issue_state_name(enum issue_state state); /* "unknown", "open", "closed" */
bool issue_state_read(const char *name, enum issue_state *state);

/* world_issue(world, issue, state, now, ...): the tracker answered. ISSUE_UNKNOWN, because it could not be asked, changes
 * nothing; what was known holds for the tracker's `hold`. */
void world_issue(struct world *world, const char *issue, enum issue_state state, int64_t now,
                 world_sink *sink, void *owner);
/* world_issue_state(world, issue, state, known): what is known; ${known}: epoch ms of the last answer, or of the start.
 * false: nothing is. */
bool world_issue_state(const struct world *world, const char *issue, enum issue_state *state, int64_t *known);

/* world_issue_owes(world, issue, runs, now): whether the tracker is to be told something now: once a week for an issue,
 * and once after each close. *runs: how many runs of its remediations began since it was told last. world_issue_told: it
 * was told of those. */
bool world_issue_owes(const struct world *world, const char *issue, int64_t *runs, int64_t now);
void world_issue_told(struct world *world, const char *issue, int64_t runs, int64_t now);

/* world_runs(world, remediation): its runs in the ledger; world_last_run: the id of the last that began here, NULL. */
int64_t world_runs(const struct world *world, const char *remediation);
const char *world_last_run(const struct world *world, const char *remediation);

/* world_approve(world, run, user, now, ...): ${user} approves the run that asks under that id; false with a sentence
 * when nothing asks, too late, or it is not theirs to approve. It still waits for the limits. */
bool world_approve(struct world *world, const char *run, const char *user, int64_t now, world_sink *sink,
                   void *owner, struct error *error);

/* world_may_approve(world, remediation, user): whether it is theirs to approve. */
bool world_may_approve(const struct world *world, const char *remediation, const char *user);

/* world_remediate(world, binding, name, user, dry_run, now, run, ...): ${user} starts a remediation of that check by
 * hand, with a problem or without. *run is its id, the caller's to free. false with a sentence: what forbids it. */
bool world_remediate(struct world *world, uint32_t binding, const char *name, const char *user, bool dry_run,
                     int64_t now, char **run, world_sink *sink, void *owner, struct error *error);

/* How a remediation run ended. */
enum { RUN_BEGAN = -1 }; /* it began when it was decided on */
enum { RUN_LIMITED = 4 };
struct run_end {
    int outcome; /* the exit code of the frame (0 fixed, 1 without effect, 2 failed, 3 refused), or -1: it died; or
                  * RUN_LIMITED: the frame refused it for a limit of which the ledger tells and we knew nothing */
    int64_t began;    /* epoch ms: the ledger's first line of it; RUN_BEGAN; 0: none, so nothing was done */
    const char *said; /* by the program, one line; NULL: nothing */
    int64_t until;    /* of RUN_LIMITED, epoch ms: when the limit is over; 0: when some run ends */
};

/* world_remedied(world, run, end, now, ...): the world counts it against the limits. A run during which the check has
 * recovered is judged here, because only what had begun by then can have helped. */
void world_remedied(struct world *world, const char *run, const struct run_end *end, int64_t now,
                    world_sink *sink, void *owner);

/* world_channel(world, channel, works, reason, users, count, now, ...): what became of the last try to deliver by
 * ${channel}. While it fails, each of ${users}, who have something waiting on it, is told once by the contacts of other
 * channels that are open then: those of the urgency alert, else of notify (NOTICE_CHANNEL, CRITICAL, with ${reason}).
 * When it works again, those who were told are told so (OK); ${reason} and ${users} are ignored then. It may be called
 * as often as there are tries, also with the same users: nobody is told twice. It is kept over a restart and a
 * reload. */
void world_channel(struct world *world, enum channel channel, bool works, const char *reason,
                   const char *const *users, size_t count, int64_t now, world_sink *sink, void *owner);

/* The ledger's runs from before the start, so that limits hold over a restart: one call for each run line. */
void world_remember_run(struct world *world, const char *remediation, const char *target, int64_t started,
                        bool ended);

/* world_remember_end(world, remediation, target, ended, now): the last of those has ended, which begins its cooldown. */
void world_remember_end(struct world *world, const char *remediation, const char *target, int64_t ended,
                        int64_t now);

/* world_remember_runs_of(world, from): those that ${from} knows, as the ledger would tell them again. */
void world_remember_runs_of(struct world *world, const struct world *from);

/* The runs that were decided and have not ended; after a restart the caller finds out what became of them. */
struct world_run {
    uint32_t binding; /* WORLD_SITE: the check is no longer configured */
    const char *host, *check;
    const char *run;
    const char *remediation;
    int64_t started;
    int64_t recovered; /* epoch ms: when the check recovered while it was under way; 0: it has not */
};
size_t world_run_count(const struct world *world);
struct world_run world_run_at(const struct world *world, size_t index);

/* world_remedy(world, binding, at, standing): what a remediation does for the open problem. ${at}: 0 at first, and moved on
 * for the next one; false: no further one does anything. Texts live until the next decision. */
struct remedy_standing {
    const char *remediation;
    const char
        *phrase; /* as remedy_phrase says it; or that its program refused, or that the check is to prove it */
    int64_t next;    /* epoch ms: when that ends by itself; 0: it does not */
    unsigned runs;   /* the ordinal of its last id */
    const char *did; /* what its program said, of the last two; NULL: nothing */
};
bool world_remedy(const struct world *world, uint32_t binding, size_t *at, struct remedy_standing *standing);

/* Whether a host is up: its `alive` check is no hard CRITICAL or UNKNOWN. Down with none of its parents up is
 * UNREACHABLE, and so is a host without such a check behind parents of which none is up. Source: Nagios. */
enum host_state { HOST_UP, HOST_DOWN, HOST_UNREACHABLE };
const char *host_state_name(enum host_state state); /* "UP", "DOWN", "UNREACHABLE" */
/* world_host_state(world, host, since): ${since}: epoch ms of the last change that its own check saw; 0: unknown. */
enum host_state world_host_state(const struct world *world, const struct host *host, int64_t *since);
/* world_renewals(world, remediation): how often it was renewed. */
unsigned world_renewals(const struct world *world, const char *remediation);

/* world_redundancy(world, binding, redundancy): false: ${binding} is not how many hosts of a service serve. */
struct redundancy {
    size_t serving, hosts;
    bool spare; /* one host fewer would still be enough */
};
bool world_redundancy(const struct world *world, uint32_t binding, struct redundancy *redundancy);

/* world_counts(world, binding, now): whether the check runs and counts: its host has such a status, and its own window
 * is open. */
bool world_counts(const struct world *world, uint32_t binding, int64_t now);

/* What is known of one check. */
const struct state *world_state(const struct world *world, uint32_t binding);
bool world_acknowledged(const struct world *world, uint32_t binding, const char **author, int64_t *until);

/* world_save(world, binding): everything known of one check as a JSON object that world_load takes back after a
 * restart; a new reference. world_load refuses what it cannot read, with a sentence, and leaves PENDING. */
json_t *world_save(const struct world *world, uint32_t binding);
bool world_load(struct world *world, uint32_t binding, const json_t *saved, struct error *error);

/* world_save_site(world): what is known beside the checks, such as the next problem id, as a JSON object that
 * world_load_site takes back; a new reference. world_site_changes counts its changes: it is to be saved when the number
 * differs from that of the last time. world_load_site refuses what it cannot read, with a sentence, part by part: a part
 * that is good is kept. */
json_t *world_save_site(const struct world *world);
bool world_load_site(struct world *world, const json_t *saved, struct error *error);
/* The same part by part: what changes seldom is not written with what changes often. world_part_name: NULL behind the last.
 * world_save_part(world, index, mark, name): NULL when it has not changed since ${mark} was set; 0 at first. */
const char *world_part_name(size_t index);
json_t *world_save_part(const struct world *world, size_t index, uint64_t *mark, const char **name);
uint64_t world_site_changes(const struct world *world);

/* world_problem_known(world, id): a problem of that id was opened. The next one gets a higher id: an id names one
 * problem for good. */
void world_problem_known(struct world *world, uint64_t id);

#endif
