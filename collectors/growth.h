/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast something grows or shrinks between two runs, and when it will reach its threshold. */
#ifndef WATCHBILL_COLLECTORS_GROWTH_H
#define WATCHBILL_COLLECTORS_GROWTH_H

#include "lib/check.h"

struct growth {
    struct run *run;
    double elapsed; /* seconds since the run before; NaN on the first */
};

/* Ten years stand for longer, and for never. */
enum { GROWTH_NEVER = 315360000 };

/* growth_begin(run): once in a run. */
struct growth growth_begin(struct run *run);

/* growth_per_second(growth, key, value): the change since the run before, per second, below zero when it shrank;
 * NaN when there was none. */
double growth_per_second(struct growth *growth, const char *key, double value);

/* growth_limit(report, metric, instance): the upper end of the range that the command line gives for that sample, of
 * --critical rather than of --warning; NaN: none, or one without an upper end. */
double growth_limit(const struct report *report, size_t metric, const char *instance);

/* growth_time(value, per_second, limit): seconds until ${value} is at ${limit}; 0 when it is there already, at most
 * GROWTH_NEVER; NaN when the growth or the limit is not known. */
double growth_time(double value, double per_second, double limit);

#endif
