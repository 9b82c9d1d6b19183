/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a check runs, in the words of cron: minute, hour, day of the month, month, day of the week. Source: crontab(5).
 * A day is meant when either of its two fields fits, unless one of them is "*"; then the other one decides.
 *
 * Right on the days when clocks change: a time that does not exist is its distance from midnight later, one that is
 * there twice is meant once, and where every hour is meant every real hour is. */
#ifndef WATCHBILL_CORE_SCHEDULE_H
#define WATCHBILL_CORE_SCHEDULE_H

#include "lib/error.h"
#include "lib/zone.h"

#include <stdbool.h>
#include <stdint.h>

/* Bits by number; weekdays from 0, Sunday. */
struct schedule {
    uint64_t minutes;
    uint32_t hours, days, months, weekdays;
    bool any_day, any_weekday; /* the field is "*" */
};

/* schedule_read(schedule, text, error): "5 3 * * mon-fri"; numbers, names of months and weekdays, "*", lists, ranges,
 * steps such as "0-30/10"; or "@hourly", "@daily", "@weekly", "@monthly", "@yearly". One that never comes is refused. */
bool schedule_read(struct schedule *schedule, const char *text, struct error *error);

/* schedule_next(schedule, zone, after): the first instant after ${after}, both epoch seconds; INT64_MAX: none in nine
 * years. */
int64_t schedule_next(const struct schedule *schedule, const struct zone *zone, int64_t after);

/* schedule_gap(schedule): the longest time between two runs of some in a row, in seconds. */
int64_t schedule_gap(const struct schedule *schedule);

#endif
