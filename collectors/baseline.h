/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a row of stored values says: its middle and its ends, the line through it, and what is usual at this time of
 * the week. Pure functions of arrays; NaN is a value that is not known. */
#ifndef WATCHBILL_COLLECTORS_BASELINE_H
#define WATCHBILL_COLLECTORS_BASELINE_H

#include <stdbool.h>
#include <stddef.h>

/* Ten years stand for longer, and for never. */
#define BASELINE_NEVER 315360000.0

/* Begins zeroed; may take several rows. What is not known is NaN after its end: baseline_end. */
struct baseline_summary {
    size_t known, unknown;
    double average, maximum, minimum, last;
    double deviation; /* of a sample of the whole, n - 1; 0 for a single value */
    double squares;   /* of the distances to the average; for the next row */
};

/* baseline_add(summary, values, count): another row. */
void baseline_add(struct baseline_summary *summary, const double *values, size_t count);

/* baseline_end(summary): after the last row: the deviation, and NaN where nothing was known. */
void baseline_end(struct baseline_summary *summary);

/* The line of least squares. */
struct baseline_line {
    double slope; /* per second */
    double level; /* where the line is at the end of the row */
};

/* baseline_fit(values, count, step, line): ${step} are the seconds from one value to the next. false: fewer than two
 * are known. */
bool baseline_fit(const double *values, size_t count, double step, struct baseline_line *line);

/* baseline_time(line, limit, falling): seconds until the line is at ${limit}; 0 when it is there or beyond: above, or
 * below with ${falling}; BASELINE_NEVER when it will not be within ten years. */
double baseline_time(const struct baseline_line *line, double limit, bool falling);

/* What is usual: the mean of earlier weeks, give or take. */
struct baseline_band {
    double low, high;
    /* Of the value from the mean, in deviations; NaN: the past was constant, and the value is another. */
    double distance;
};

/* baseline_compare(usual, value, width, band): ${width} in deviations. A constant past has a band of rounding alone. */
void baseline_compare(const struct baseline_summary *usual, double value, double width,
                      struct baseline_band *band);

#endif
