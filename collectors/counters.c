/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/counters.h"

#include "lib/rates.h"
#include "lib/report.h"

#include <math.h>
#include <stdlib.h>

static const char *key_of(const struct report *report, size_t metric, const char *instance)
{
    return arena_format(report->arena, "total.%s.%s", report->check->metrics[metric].name, instance);
}

static void grow(struct run *run, struct report *report, size_t metric, const char *instance, uint64_t more)
{
    const char *key = key_of(report, metric, instance ? instance : "");
    struct value_frame frame = VALUE_FRAME_NONE;
    double before = 0, ignored;
    (void)rates_kept(run->rates, key, &before);
    (void)rates_before(run->rates, key, before + (double)more, &ignored);
    frame.change = (double)more;
    report_value_framed(report, metric, instance, before + (double)more, &frame);
}

void counters_report(struct run *run, struct report *report, size_t metric, uint64_t more)
{
    grow(run, report, metric, NULL, more);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct tally_row *)a)->name, ((const struct tally_row *)b)->name);
}

void counters_report_rows(struct run *run, struct report *report, size_t metric, const struct tally_row *rows,
                          size_t count, bool matches)
{
    const char *prefix = key_of(report, metric, "");
    struct tally_row wanted = {0}, *sorted = arena_get(report->arena, count + 1, sizeof *sorted);
    size_t at = 0, left = count < TALLY_NAMES ? TALLY_NAMES - count : 0;
    double kept;
    for (size_t i = 0; i < count; i++) {
        sorted[i] = rows[i];
        grow(run, report, metric, rows[i].name, matches ? rows[i].matches : rows[i].all);
    }
    if (count)
        qsort(sorted, count, sizeof *sorted, by_name);
    while (left > 0 && rates_kept_next(run->rates, prefix, &at, &wanted.name, &kept)) {
        if (count && bsearch(&wanted, sorted, count, sizeof *sorted, by_name))
            continue;
        grow(run, report, metric, wanted.name, 0);
        left--;
    }
}
