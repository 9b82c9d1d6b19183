/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/baseline.h"

#include "lib/number.h"

#include <math.h>

/* Sums of squares as B. P. Welford has them: large values that differ little lose nothing. */
void baseline_add(struct baseline_summary *summary, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double value = values[i];
        if (isnan(value)) {
            summary->unknown++;
            continue;
        }
        bool first = summary->known++ == 0;
        double distance = value - summary->average;
        summary->average += distance / (double)summary->known;
        summary->squares += distance * (value - summary->average);
        summary->maximum = first || value > summary->maximum ? value : summary->maximum;
        summary->minimum = first || value < summary->minimum ? value : summary->minimum;
        summary->last = value;
    }
}

void baseline_end(struct baseline_summary *summary)
{
    if (summary->known == 0)
        summary->average = summary->maximum = summary->minimum = summary->last = (double)NAN;
    summary->deviation = summary->known == 0  ? (double)NAN
                         : summary->known > 1 ? sqrt(summary->squares / (double)(summary->known - 1))
                                              : 0;
}

/* Counted from the first place, x is small and exact. */
bool baseline_fit(const double *values, size_t count, double step, struct baseline_line *line)
{
    double known = 0, mean_x = 0, mean_y = 0, xx = 0, xy = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i]))
            continue;
        known++;
        double dx = (double)i - mean_x;
        mean_x += dx / known;
        mean_y += (values[i] - mean_y) / known;
        xx += dx * ((double)i - mean_x);
        xy += dx * (values[i] - mean_y);
    }
    if (known < 2)
        return false;
    double slope = xy / xx; /* per place */
    line->slope = slope / step;
    line->level = mean_y + slope * ((double)(count - 1) - mean_x);
    return true;
}

double baseline_time(const struct baseline_line *line, double limit, bool falling)
{
    double way = falling ? line->level - limit : limit - line->level;
    double speed = falling ? -line->slope : line->slope;
    if (way <= 0)
        return 0;
    double time = speed > 0 ? way / speed : BASELINE_NEVER;
    return time < BASELINE_NEVER ? time : BASELINE_NEVER;
}

void baseline_compare(const struct baseline_summary *usual, double value, double width,
                      struct baseline_band *band)
{
    double rounding = fabs(usual->average) * 1e-9;
    double half = number_higher(width * usual->deviation, rounding);
    double distance = value - usual->average;
    band->low = usual->average - half;
    band->high = usual->average + half;
    if (usual->deviation > rounding)
        band->distance = distance / usual->deviation;
    else
        band->distance = fabs(distance) <= rounding ? 0 : (double)NAN;
}
