/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The runs of a ledger as limits count them. Pure but for the look whether the process of a run still lives. */
#ifndef WATCHBILL_LIB_LEDGER_RUNS_H
#define WATCHBILL_LIB_LEDGER_RUNS_H

#include "lib/limits.h"

#include <jansson.h>

/* What they are counted for. */
struct ledger_aim {
    const char *remediation, *target; /* never NULL */
    const struct limits *limits;
    int64_t now; /* epoch ms */
    bool only;   /* runs of another remediation do not matter: to a limit of service or site they do */
    /* beside(owner, begin): whether the target of that first line belongs to the service of ours. */
    bool (*beside)(void *owner, const json_t *begin);
    void *owner;
};

struct ledger_runs {
    struct ledger_aim aim;
    char *named;   /* the name of the remediation with its quotes: what a line of it has */
    int64_t since; /* epoch ms: what is older counts in no limit, and has ended */
    struct limit_run *runs;
    size_t count;
    json_t *open; /* by run: "index" in ${runs}, pid, at, remediation, target: those under way */
    struct ledger_instant *instants; /* of begins and ends, in the order of the lines */
    size_t instant_count;
};

/* ledger_runs_init; then with every line in order ledger_runs_wants, and ledger_runs_take if that says so, or if the line
 * is parsed anyway; then ledger_runs_finish, with which ${runs} are as limits_allow takes them; then ledger_runs_release.
 *
 * A line that stands before another but says that it happened after it tells that the clock was set back in between:
 * then it counts as of the other, and what lies in the future as of ${aim->now}. So a limit lasts once more as long as it
 * should, and not until the clock is where it was. */
void ledger_runs_init(struct ledger_runs *runs, const struct ledger_aim *aim);
bool ledger_runs_wants(struct ledger_runs *runs, const char *line, size_t length);
void ledger_runs_take(struct ledger_runs *runs, const json_t *line);
void ledger_runs_finish(struct ledger_runs *runs);
void ledger_runs_release(struct ledger_runs *runs);

#endif
