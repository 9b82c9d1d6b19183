/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads one item of perfdata. Source of the rule: Monitoring Plugins Development Guidelines, "Performance data".
 *
 *   item  := label "=" value [unit] [ ";" warn [ ";" crit [ ";" min [ ";" max ]]]]
 *   label := bare | "'" ... "'"     where '' is a quote; an "=" may stand inside quotes
 *   value := number | "U"           +5, .42, 23. and 1.1e-5 are read; a decimal comma, hex and infinity are not
 *
 * A unit has no digit, "_", blank, "=", ";" or quote. An item whose label or value cannot be read is skipped, a
 * bad range or bound is left out of its item; both with a sentence. */
#ifndef WATCHBILL_LIB_PERFDATA_H
#define WATCHBILL_LIB_PERFDATA_H

#include "lib/arena.h"
#include "lib/error.h"

struct plugin_item {
    const char *label;
    double value; /* NaN: "U", not determined */
    const char *unit;
    const char *warning, *critical; /* range text as lib/range.h takes it; NULL: none */
    double min, max;                /* NaN: none */
};

enum perfdata_result {
    PERFDATA_END,     /* nothing but blanks was left */
    PERFDATA_ITEM,    /* read as a whole */
    PERFDATA_PARTIAL, /* read, but a range or bound was not: see ${error} */
    PERFDATA_BAD,     /* skipped: see ${error} */
};

/* perfdata_next(at, arena, item, error): read the item at `*at` and move behind it. Texts are of the arena. */
enum perfdata_result perfdata_next(const char **at, struct arena *arena, struct plugin_item *item,
                                   struct error *error);

#endif
