/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a check or a collector measures: one row for each metric, the only place it is described. */
#ifndef WATCHBILL_LIB_METRIC_H
#define WATCHBILL_LIB_METRIC_H

#include <stdbool.h>

enum metric_type {
    METRIC_GAUGE,    /* the value as it is now */
    METRIC_COUNTER,  /* only grows, except at a restart of the source */
    METRIC_DERIVE,   /* a count of which the change per second is wanted */
    METRIC_ABSOLUTE, /* a count since the last reading */
};

struct metric_row {
    const char *name; /* [a-z][a-z0-9_]*; the key of NAME=RANGE; perfdata label unless .label is given */
    const char *help; /* a phrase: "sessions in use" */
    const char *unit; /* perfdata UOM: "" s ms us % B KB MB TB c, or another text such as "sessions" */
    enum metric_type type;
    const char *label; /* perfdata label; "%s" takes the instance: "sess_%s". NULL: NAME, or NAME_INSTANCE */
    const char *warning; /* default range as text; NULL: none */
    const char *critical;
    bool has_min, has_max; /* fixed bounds for perfdata and graphs; report_value_framed overrides */
    double min, max;
    const char *graph;    /* Munin graph (multigraph) it belongs to; NULL: the check's own. Never mix units */
    const char *draw;     /* Munin draw, such as "AREASTACK"; NULL: LINE1 */
    const char *negative; /* the metric drawn as this one's negative (in and out); NULL: none */
    bool quiet;           /* measured and judged, but left out of perfdata unless -v */
};

/* metric_type_name(type): "GAUGE", "COUNTER", "DERIVE" or "ABSOLUTE". */
const char *metric_type_name(enum metric_type type);

#endif
