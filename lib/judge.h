/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From samples to an answer. The only place where a value meets a threshold. */
#ifndef WATCHBILL_LIB_JUDGE_H
#define WATCHBILL_LIB_JUDGE_H

#include "lib/report.h"

/* One -w or -c of the command line. */
struct threshold {
    bool is_critical;
    const struct metric_row *row;
    const char *instance; /* NULL: every instance */
    struct bound bound;
    bool met; /* a sample was there for it */
};

/* judge_read(report, list, is_critical, error): read `[METRIC=]RANGE` texts; a bare range belongs to the
 * first metric, NAME[INSTANCE]=RANGE to one instance. An empty range takes a default away.
 * Where the check says so (.listed) a bare RANGE,RANGE is for its first metrics; an empty part is for none. */
bool judge_read(struct report *report, const struct option_list *list, bool is_critical, struct error *error);

/* judge_ranges(report): find the ranges in effect for each sample and its verdict. Of several thresholds for
 * a sample one that names its instance wins, then the last given; any of the command line wins over the
 * sample's own, and that over the row's. */
void judge_ranges(struct report *report);

/* judge_finish(report, pending, broken): the verdict and the sentence. ${pending}: rates lack a sample of the
 * run before, so a value that is not known is no fault unless nothing else was found; ${broken}: why rates
 * cannot be kept at all, or NULL. */
void judge_finish(struct report *report, bool pending, const char *broken);

#endif
