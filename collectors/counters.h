/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counters of a source that has none: what came since the last run is added to totals in the state file, so that they
 * only grow, and DERIVE and Prometheus take them. A state file that is lost begins them anew, as a restart would. */
#ifndef WATCHBILL_COLLECTORS_COUNTERS_H
#define WATCHBILL_COLLECTORS_COUNTERS_H

#include "collectors/tally.h"
#include "lib/check.h"

/* counters_report(run, report, metric, more): the counter of ${metric}, to which ${more} came in this run. It is kept
 * by rates_save. */
void counters_report(struct run *run, struct report *report, size_t metric, uint64_t more);

/* counters_report_rows(run, report, metric, rows, count, matches): one for each row, by its .matches or its .all; then
 * those of runs before to which nothing came, as long as there are not more than TALLY_NAMES in all. */
void counters_report_rows(struct run *run, struct report *report, size_t metric, const struct tally_row *rows,
                          size_t count, bool matches);

#endif
