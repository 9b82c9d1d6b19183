/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What holds a remediation back, told from the runs there were: rest between two of them, so many in a span, so many at
 * once. One decision for whoever asks it: the remediation frame of what the ledger says, the scheduler of what it knows.
 * Pure: time is an argument. Instants are epoch milliseconds, spans milliseconds. */
#ifndef WATCHBILL_LIB_LIMITS_H
#define WATCHBILL_LIB_LIMITS_H

#include "lib/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many within a span; no limit when the count is 0. */
struct max {
    int64_t count, span;
};

/* What binds several remediations together: those of a service, or all. */
struct bounds {
    int64_t concurrency; /* runs at once; 0: no limit */
    struct max max;
};

/* What holds one remediation back on one target; zero is no limit. */
struct limits {
    int64_t cooldown;      /* from the end of a run of it on the target to the next */
    struct max max;        /* its runs on the target */
    struct max max_total;  /* its runs on all targets */
    int64_t concurrency;   /* its runs at once, on all targets */
    int64_t share, hosts;  /* its runs at once on the hosts of the target's service, which has so many */
    struct bounds service; /* runs of all remediations on the target's service */
    struct bounds site;    /* runs of all remediations */
};

#define LIMIT_NEVER INT64_MIN

/* One run there was. What stands in no relation counts against the bounds of the site alone. */
struct limit_run {
    int64_t started; /* LIMIT_NEVER: it counts in no span */
    int64_t ended;   /* 0: not known, and its start stands for it */
    bool running;
    bool same_remediation, same_target, same_service;
};

/* In the order in which they are asked. */
enum limit { LIMIT_NONE, LIMIT_COOLDOWN, LIMIT_MAX, LIMIT_CONCURRENCY, LIMIT_SHARE, LIMIT_BOUNDS };

struct limit_answer {
    enum limit limit;
    int64_t next;   /* when this limit is over if nothing else runs; 0: when a run under way ends */
    char text[200]; /* a sentence; "" for LIMIT_NONE */
};

/* limits_allow(limits, runs, count, now, answer): whether one more run may begin now; else ${answer} is the first limit
 * that it would break. A span is half-open: what began exactly so long ago no longer counts; a run of the future counts. */
bool limits_allow(const struct limits *limits, const struct limit_run *runs, size_t count, int64_t now,
                  struct limit_answer *answer);

/* limits_span(limits): how far back any of them looks. */
int64_t limits_span(const struct limits *limits);

/* max_read(text, max): "3 per 1h", from 1 on and of a span over 0; max_write is its inverse. */
bool max_read(const char *text, struct max *max);
void max_write(struct text *text, const struct max *max);

/* limit_name(limit): a stable word, as the ledger has it; "" for LIMIT_NONE. */
const char *limit_name(enum limit limit);

#endif
