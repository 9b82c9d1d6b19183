/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/growth.h"

#include "lib/judge.h"
#include "lib/number.h"
#include "lib/rates.h"

#include <math.h>

struct growth growth_begin(struct run *run)
{
    double change = rates_change(run->rates, "clock", (double)run_clock(run));
    return (struct growth){run, change > 0 ? change / 1000 : (double)NAN};
}

double growth_per_second(struct growth *growth, const char *key, double value)
{
    double before;
    if (isnan(value) || !rates_before(growth->run->rates, key, value, &before))
        return (double)NAN;
    return (value - before) / growth->elapsed;
}

double growth_limit(const struct report *report, size_t metric, const char *instance)
{
    const struct metric_row *row = &report->check->metrics[metric];
    const struct threshold *found = NULL;
    for (size_t i = 0; i < report->threshold_count; i++) {
        const struct threshold *threshold = &report->thresholds[i];
        if (threshold->row != row || !threshold->bound.range.given || threshold->bound.range.inside ||
            (threshold->instance && (!instance || strcmp(threshold->instance, instance) != 0)))
            continue;
        if (!found || threshold->is_critical >= found->is_critical)
            found = threshold;
    }
    return found && isfinite(found->bound.range.end) ? found->bound.range.end : (double)NAN;
}

double growth_time(double value, double per_second, double limit)
{
    if (isnan(value) || isnan(limit))
        return (double)NAN;
    if (value >= limit)
        return 0;
    if (isnan(per_second))
        return (double)NAN;
    return per_second > 0 ? number_lower((limit - value) / per_second, GROWTH_NEVER) : GROWTH_NEVER;
}
