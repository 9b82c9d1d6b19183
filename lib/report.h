/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one run found, and what is made of it: filled by measure through the report_ functions of lib/check.h,
 * judged by lib/judge.h, printed by lib/output.h. All memory is the arena's. */
#ifndef WATCHBILL_LIB_REPORT_H
#define WATCHBILL_LIB_REPORT_H

#include "lib/check.h"
#include "lib/range.h"

/* A range and the text it was read from. */
struct bound {
    struct range range;
    const char *text; /* "" when not given */
};

struct sample {
    const struct metric_row *row;
    const char *instance; /* NULL: none */
    const char *label;    /* its own perfdata label; NULL: by the row */
    const char *unit;     /* "": none */
    double value;         /* NaN: not known */
    double min, max;      /* NaN: none */
    double change;        /* since the last run; NaN: not known */
    const char *own_warning, *own_critical;
    struct bound warning, critical; /* in effect; set by judge_ranges */
    enum verdict verdict;           /* set by judge_ranges */
};

struct finding {
    enum verdict verdict;
    const char *text;
};

struct fact {
    const char *key, *value;
};

struct threshold; /* lib/judge.h */

struct report {
    const struct check *check;
    struct arena *arena;
    size_t metrics; /* rows of check->metrics */
    struct sample *samples;
    size_t count;
    struct finding *findings;
    size_t finding_count;
    const char **details;
    size_t detail_count;
    struct fact *facts;
    size_t fact_count;
    const char *text; /* of report_text; NULL: none */
    const char *failure;
    enum verdict failure_verdict;
    bool late;                    /* the failure is that the time was over */
    struct threshold *thresholds; /* of the command line */
    size_t threshold_count;
    /* The answer, set by judge_finish. */
    enum verdict verdict;
    const char *answer;
    double elapsed; /* seconds */
};

/* report_init(report, check, arena): an empty report. */
void report_init(struct report *report, const struct check *check, struct arena *arena);

#endif
