/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a remediation may act on a hard problem now. A pure decision over facts that the world counts.
 *
 * In order: the state must be one it is for; its runs must not have been in vain twice; nothing may be under
 * way on the check or the target; `after` must be over, its TTL not; then the limits; then the mode. */
#ifndef WATCHBILL_CORE_REMEDY_H
#define WATCHBILL_CORE_REMEDY_H

#include "scheduler/core/model.h"

enum { REMEDY_VAIN_MAX = 2 }; /* runs in vain before it is disarmed for the problem */

enum remedy_step {
    REMEDY_NOTHING,     /* not for this state, or done what it could */
    REMEDY_DISARMED,    /* twice without effect */
    REMEDY_BUSY,        /* a run is under way on this check or target */
    REMEDY_AFTER,       /* the time allowed for self-recovery */
    REMEDY_UNTRACKED,   /* its issue is closed, or nobody knows whether it is */
    REMEDY_UNEXPLAINED, /* it was tagged again without saying why */
    REMEDY_EXPIRED,     /* its TTL has ended */
    REMEDY_COOLDOWN,    /* limits, to REMEDY_HELD */
    REMEDY_MAX,
    REMEDY_CONCURRENCY,
    REMEDY_SHARE,
    REMEDY_REDUNDANCY, /* other hosts of the service do not serve, and this one does */
    REMEDY_BOUNDS,     /* the service's or the site's */
    REMEDY_HELD,       /* one that the ledger told us of: others run it, too */
    REMEDY_DRY_RUN,
    REMEDY_ASK,
    REMEDY_ASKED,      /* it waits for a person */
    REMEDY_UNANSWERED, /* nobody approved it in time */
    REMEDY_RUN,
    REMEDY_STEPS
};

/* remedy_name(step): a stable word; remedy_read is its inverse. */
const char *remedy_name(enum remedy_step step);
bool remedy_read(const char *name, enum remedy_step *step);
/* remedy_phrase(step): what it does, in words that a person reads beside its name. */
const char *remedy_phrase(enum remedy_step step);
bool remedy_is_limit(enum remedy_step step);
/* remedy_is_end(step): it will not run for this problem unless its configuration changes. */
bool remedy_is_end(enum remedy_step step);

struct remedy_facts {
    const struct remediation *remediation;
    enum verdict verdict;
    int64_t since;        /* epoch ms: from when `after` counts */
    bool done;            /* it ran in this problem and said that it helped, was refused, or was asked for */
    const char *disarmed; /* why it does not run any more for this problem; NULL: it may */
    const char *disarmed_by; /* what was said then; NULL: nothing */
    unsigned vain;           /* its runs in this problem without effect */
    const char *approved_by; /* a person; NULL: nobody did */
    int64_t asked_until;     /* epoch ms: until when it can be approved; 0: it has not asked */
    const char *untracked;   /* why its issue does not allow it; NULL: it does */
    bool unexplained;        /* its tagged day was moved on without a new renewal sentence */
    int64_t runs;            /* its runs in the ledger */
    const char *busy;        /* the remediation under way on this check or target; NULL: none */
    const char *held;        /* the limit of which the ledger told us; NULL: none */
    int64_t held_until;      /* epoch ms */
    struct limits limits;
    struct limit_run *past; /* the runs that those count, and those under way */
    size_t past_count;
    size_t serving,
        members; /* hosts of the service that serve, of those that should, when this one does and others
                              * do not; 0: it is none of those */
};

struct remedy_answer {
    enum remedy_step step;
    int64_t next;   /* epoch ms: when to decide again; 0: when something else ends or changes */
    char text[512]; /* a sentence; empty for REMEDY_NOTHING */
};

/* remedy_decide(facts, now, answer): whether to act on the problem, or what is in the way. ${now} in epoch ms. */
void remedy_decide(const struct remedy_facts *facts, int64_t now, struct remedy_answer *answer);

/* remedy_decide_by_hand(facts, now, answer): the same for a person who starts it: the state, `after`, the mode and what
 * happened in the problem do not count; REMEDY_RUN, or what forbids it. */
void remedy_decide_by_hand(const struct remedy_facts *facts, int64_t now, struct remedy_answer *answer);

/* remedy_limits(remediation, service, model, limits): what the configuration sets for ${remediation} on a host of
 * ${service}, which may be NULL. */
void remedy_limits(const struct remediation *remediation, const struct service *service,
                   const struct model *model, struct limits *limits);

/* remedy_expiry(remediation): the instant (epoch ms) at which its TTL ends: the end, in UTC, of the day on
 * which tagged + ttl falls. */
int64_t remedy_expiry(const struct remediation *remediation);

#endif
