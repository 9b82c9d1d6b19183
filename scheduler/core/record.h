/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of one check. A healthy check costs one struct record; everything that only a problem needs
 * is allocated with it and goes with it. Names are kept as text, so that a new generation of the
 * configuration does not invalidate them. */
#ifndef WATCHBILL_CORE_RECORD_H
#define WATCHBILL_CORE_RECORD_H

#include "scheduler/core/model.h"
#include "scheduler/core/quiet.h"
#include "scheduler/core/remedy.h"
#include "scheduler/core/state.h"

enum told_of { /* bits */
               TOLD_PROBLEM = 1,
               TOLD_FLAPPING = 2,
               TOLD_HEARD =
                   4, /* it got a message about this problem alone, or knows it from the one before */
               TOLD_MISSED = 8,  /* one was held back in a storm, and its summary is not sent yet */
               TOLD_SUMMARY = 16 /* it was in a summary */
};

/* A contact that was told something of this problem. */
struct told {
    char *user;
    char *contact; /* record_contact_key */
    enum urgency urgency;
    enum verdict verdict; /* of the last notice of the problem; OK: none */
    unsigned of;          /* bits of enum told_of */
    uint32_t notice;      /* the number of the last notice it got; 0: none since the start */
};

/* What a group was last told of this problem. */
struct told_group {
    char *group;
    struct quiet_last last;
    unsigned level;  /* how far up its rota people are told: 0 is the first */
    int64_t climbed; /* epoch ms: when it came to that level, or when the last acknowledgement ended */
};

struct acknowledgement {
    char *author;
    char *comment;
    int64_t until; /* epoch ms; 0: until it is OK */
    enum verdict verdict;
};

/* Why a remediation does not run any more for a problem, beside its runs in vain. */
enum disarmed { DISARMED_NOT, DISARMED_WORSE, DISARMED_INTERRUPTED, DISARMED_REASONS };

/* One remediation's part in this problem. */
struct course {
    char *remediation;
    unsigned runs; /* begun; the ordinal of the run id */
    unsigned vain; /* ended without effect */
    bool done;
    bool pending; /* it is not known yet whether the last run helped */
    enum disarmed disarmed;
    int64_t asked_until;   /* epoch ms: until when a person may approve its next run; 0: it has not asked */
    char *approved_by;     /* NULL: nobody */
    char *did;             /* what the last run that ended said of itself; NULL: nothing */
    enum verdict before;   /* the verdict when the last run began */
    int64_t verify_until;  /* 0: no run waits to be proved by a recovery */
    char *held;            /* the limit of which the ledger told us; NULL: none */
    int64_t held_until;    /* epoch ms: then it is tried again */
    enum remedy_step said; /* the last decision that was told */
    int64_t said_next;
    unsigned paged; /* bits of 1 << enum remedy_step: told to people since the last run */
};

struct problem {
    int64_t opened; /* epoch ms */
    bool soft;      /* opened before it is hard, for a remediation that acts on soft states */
    bool worth;     /* its verdict has an urgency now */
    int64_t worth_since;
    uint32_t notices;        /* the number of the last notice */
    enum quiet_reason quiet; /* the last reason that was given */
    struct told *told;
    size_t told_count;
    struct told_group *groups;
    size_t group_count;
    bool escalates;         /* it was told, or there was nobody: unacknowledged it goes on to others */
    int64_t escalates_from; /* epoch ms: first told, or the end of the last acknowledgement */
    unsigned steps;         /* how many of the rule's `escalate` are taken */
    struct acknowledgement *acknowledgement; /* NULL: none */
    struct course *courses;
    size_t course_count;
};

struct record {
    struct state state;
    struct problem *problem; /* NULL: none is open */
};

/* record_open(record, at): begin a problem; its id is state.problem. record_close ends it. */
void record_open(struct record *record, int64_t at);
void record_close(struct record *record);
/* record_release(record): free what it holds; it is PENDING again. */
void record_release(struct record *record);

/* record_acknowledge(problem, author, comment, until, verdict): in place of an earlier one; ${until} in epoch ms, 0: no
 * end; ${verdict} is the state that it was said of. record_unacknowledge: there is none any more. */
void record_acknowledge(struct problem *problem, const char *author, const char *comment, int64_t until,
                        enum verdict verdict);
void record_unacknowledge(struct problem *problem);

/* The entry of that name, made when there is none. A pointer is valid until the next is made. */
struct told *record_told(struct problem *problem, const char *user, const char *contact);
struct told_group *record_group(struct problem *problem, const char *group);
struct course *record_course(struct problem *problem, const char *remediation);
bool record_anyone_told(const struct problem *problem, unsigned of);

/* record_contact_key(contact): the channel and the whole address as one text: "mail:geoff@example.org"; the
 * caller frees it. */
char *record_contact_key(const struct contact *contact);

/* record_shift(record, delta): everything happened ${delta} ms later. What a person set, such as the end of an
 * acknowledgement, stays. */
void record_shift(struct record *record, int64_t delta);

#endif
