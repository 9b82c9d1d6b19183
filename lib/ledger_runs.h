/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The runs of a ledger as limits count them. Pure but for the look whether the process of a run still lives. */
#ifndef WATCHBILL_LIB_LEDGER_RUNS_H
#define WATCHBILL_LIB_LEDGER_RUNS_H

#include "lib/limits.h"

#include <jansson.h>

/* What they are counted for. */
struct ledger_aim {
    const char *remediation, *target; /* never NULL */
    /* beside(owner, begin): whether the target of that first line belongs to the service of ours. */
    bool (*beside)(void *owner, const json_t *begin);
    void *owner;
};

struct ledger_runs {
    struct ledger_aim aim;
    struct limit_run *runs;
    size_t count;
    json_t *open; /* by run: "begin", the first line, and "index" in ${runs}, of those under way */
    struct ledger_instant *instants; /* of begins and ends, in the order of the lines */
    size_t instant_count;
};

/* ledger_runs_init, then ledger_runs_take with every line in order, then ledger_runs_finish(runs, now), with which
 * ${runs} are as limits_allow takes them; then ledger_runs_release. ${now} is in epoch ms.
 *
 * A line that stands before another but says that it happened after it tells that the clock was set back in between:
 * then it counts as of the other, and what lies in the future as of ${now}. So a limit lasts once more as long as it
 * should, and not until the clock is where it was. */
void ledger_runs_init(struct ledger_runs *runs, const struct ledger_aim *aim);
void ledger_runs_take(struct ledger_runs *runs, const json_t *line);
void ledger_runs_finish(struct ledger_runs *runs, int64_t now);
void ledger_runs_release(struct ledger_runs *runs);

#endif
