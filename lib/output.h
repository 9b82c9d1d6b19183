/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A judged report in one of the formats. Nothing here judges, and nothing is printed: it is added to a text.
 */
#ifndef WATCHBILL_LIB_OUTPUT_H
#define WATCHBILL_LIB_OUTPUT_H

#include "lib/report.h"

struct munin_call;

struct output {
    struct text *text;      /* for standard output */
    struct text *complaint; /* for standard error, where the format has no room for a sentence */
    int verbose;
    int64_t epoch;                  /* seconds, for the formats that carry a time */
    const struct munin_call *munin; /* how Munin called; lib/munin.h */
};

struct output_format {
    const char *name;
    /* Returns the exit code. */
    int (*write)(const struct report *report, const struct output *output);
};

/* output_find(name): the row of the format; NULL: none has that name. */
const struct output_format *output_find(const char *name);

/* The names that a check or a collector takes, the default first; ended by NULL. */
extern const char *const output_check_names[];
extern const char *const output_collector_names[];

/* The writers, each in its own file. */
int output_nagios(const struct report *report, const struct output *output);
int output_perfdata(const struct report *report, const struct output *output);
int output_json(const struct report *report, const struct output *output);
int output_munin(const struct report *report, const struct output *output);
int output_openmetrics(const struct report *report, const struct output *output);
int output_graphite(const struct report *report, const struct output *output);
int output_statsd(const struct report *report, const struct output *output);
int output_cacti(const struct report *report, const struct output *output);

/* output_title(check, verdict, text): what stands in front of the sentence: "TITLE STATUS - ". */
void output_title(const struct check *check, enum verdict verdict, struct text *text);

/* output_end(report, output): the exit code of a format without a sentence of its own: a check's verdict; for
 * a collector 0, or 3 with nothing on standard output when its source failed. The sentence becomes the
 * complaint when there is no other place for it. */
int output_end(const struct report *report, const struct output *output);

/* output_sample_name(sample, text): "METRIC" or "METRIC_INSTANCE". */
void output_sample_name(const struct sample *sample, struct text *text);

#endif
