/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run of a check from its words to its answer, shared by the program and the warm worker. */
#ifndef WATCHBILL_LIB_INVOKE_H
#define WATCHBILL_LIB_INVOKE_H

#include "lib/check.h"
#include "lib/report.h"

struct output_format;

/* Told when measure is about to begin, and when it has ended. */
struct invoke_watch {
    void (*begin)(void *owner, const struct run *run, int64_t limit, const struct text *late,
                  const struct text *late_complaint, int late_code);
    void (*end)(void *owner);
    void *owner;
};

/* The text that stands where the stage belongs in what is printed when the time is over. */
#define INVOKE_STAGE "@stage@"

/* invoke(check, argc, argv, deadline, watch, output, complaint): as check_run; ${complaint} receives what
 * belongs on standard error. ${watch} may be NULL; its begin receives how long the run may take in
 * milliseconds, and what to print in which place, with which exit code, when it takes longer. */
int invoke(const struct check *check, int argc, char **argv, int64_t deadline,
           const struct invoke_watch *watch, struct text *output, struct text *complaint);

#endif
