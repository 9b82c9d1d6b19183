/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether to speak of a problem. A pure decision that always has a reason: the first of the list below that
 * holds, in this order, and when it could be over. */
#ifndef WATCHBILL_CORE_QUIET_H
#define WATCHBILL_CORE_QUIET_H

#include "scheduler/core/downtime.h"
#include "scheduler/core/model.h"
#include "scheduler/core/silence.h"
#include "scheduler/core/state.h"

enum quiet_reason {
    QUIET_NOT,        /* speak */
    QUIET_NO_RULE,    /* the check has no `alert:` */
    QUIET_NO_URGENCY, /* `none` for this verdict */
    QUIET_GRACE, /* it, or what it rests on, has yet to show a result from after the start or the reload */
    QUIET_CHECK_WINDOW, /* outside the check's own window, or no result came since that began */
    QUIET_STATUS,       /* the host's status is not in `when` */
    QUIET_SOFT,         /* not yet confirmed by retries */
    QUIET_FLAPPING,     /* told once, at the start and at the stop of flapping */
    QUIET_ACKNOWLEDGED, /* someone is on it, and it has not become worse */
    QUIET_DOWNTIME,     /* somebody works on it, or has just ended that */
    QUIET_SILENCED,     /* someone does not want to hear of it for a time */
    QUIET_HOST_DOWN,    /* the host is down, or was when the last result came */
    QUIET_UNREACHABLE,  /* none of the host's parents is up, or was when the last result came */
    QUIET_INHIBITED,    /* another problem explains it, by a rule of the configuration */
    QUIET_DEPENDS,      /* what it depends on is a hard problem, or has recovered since its last result */
    QUIET_PARENT,       /* what it rests on, or would explain it, is checked first, for as long as `hold` */
    QUIET_DELAY,        /* `delay` is not over */
    QUIET_WINDOW,       /* the alert window is closed */
    QUIET_GROUP_WAIT,   /* `group_wait` is not over: more of the service may join */
    QUIET_NOBODY,       /* nobody of the group can be reached now */
    QUIET_TOLD,         /* told already, and no repeat is due */
    QUIET_REASONS
};

/* quiet_name(reason): a stable word: "soft", "window"; quiet_read is its inverse. */
const char *quiet_name(enum quiet_reason reason);
bool quiet_read(const char *name, enum quiet_reason *reason);

/* What the decision about a problem rests on. */
struct quiet_facts {
    const struct model *model;
    const struct binding *binding;
    const struct state *state;
    const char *acknowledged_by;     /* NULL: nobody */
    int64_t acknowledged_until;      /* epoch ms; 0: until it is OK */
    const struct downtime *downtime; /* that it is in; NULL */
    int64_t downtime_until;          /* epoch ms; 0: it does not end by itself */
    bool downtime_over;              /* it is over, but no result came since: waiting until then */
    const struct silence *silence;   /* that holds it back; NULL */
    const struct binding *old;       /* it or what it rests on: a result from before the start; NULL */
    int64_t old_until;               /* epoch ms: not longer */
    bool closed;                     /* outside the check's own window */
    bool opened;                     /* inside, but no result came since it began */
    int64_t opens;                   /* epoch ms: when it begins next; 0: it does not */
    const char *down;                /* the host's `alive` check when it tells that the host is down; NULL */
    const char *unreachable;         /* a parent of the host when none of them is up; NULL */
    bool host_recovered;             /* either is over, but no result came since */
    const struct binding *inhibited_by; /* whose problem explains it; NULL */
    const char *blocked_by;             /* what it depends on and is not OK; NULL */
    bool blocker_recovered;             /* it is OK again, but no result came since */
    const struct binding *awaited;      /* what it rests on: its result is older than the problem; NULL */
    int64_t awaited_until;              /* epoch ms: not longer */
    int64_t awaited_again;              /* epoch ms: when that is run once more; 0: not */
    int64_t delay_from;                 /* epoch ms: since when someone should be told */
    bool told;                          /* someone was told of this problem: its delay is past */
};

/* What was last told to a group of this problem. */
struct quiet_last {
    bool told;
    int64_t at; /* epoch ms */
    enum verdict verdict;
    int64_t wait;  /* epoch ms: until when news of it is gathered; 0: there is none */
    int64_t joins; /* epoch ms: the instant at which its repeat goes with another's; not saved */
};

struct quiet_answer {
    enum quiet_reason reason;
    int64_t next;   /* epoch ms: when to decide again; 0: not before another result or act */
    char text[256]; /* a sentence; empty for QUIET_NOT */
};

/* quiet_problem(facts, now, answer): what keeps everyone quiet: the reasons up to QUIET_WINDOW. */
void quiet_problem(const struct quiet_facts *facts, int64_t now, struct quiet_answer *answer);

/* quiet_group(facts, group, urgency, last, fresh, now, answer): what keeps one group quiet: QUIET_GROUP_WAIT, QUIET_NOBODY
 * and QUIET_TOLD.
 * ${fresh}: the hard state changed at this instant, so it is news even when it is what was last told. */
void quiet_group(const struct quiet_facts *facts, const struct group *group, enum urgency urgency,
                 const struct quiet_last *last, bool fresh, int64_t now, struct quiet_answer *answer);

#endif
