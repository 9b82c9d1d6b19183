/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A time zone as an immutable value, read from the system's TZif files (RFC 8536); libc knows only one global
 * zone. Safe to share between threads. */
#ifndef WATCHBILL_LIB_ZONE_H
#define WATCHBILL_LIB_ZONE_H

#include "lib/error.h"

#include <stdint.h>

struct zone;

/* Civil time. `month` 1-12, `day` 1-31, `weekday` 0 = Sunday, `second` 0-59. */
struct civil {
    int64_t year;
    int month, day, hour, minute, second, weekday;
};

/* zone_open(name, error): "Europe/Berlin", "UTC"; one value per name is kept for the life of the process and
 * never freed. NULL with a sentence for an unknown name or a damaged file. A name never leaves the zone
 * directory. */
const struct zone *zone_open(const char *name, struct error *error);
const char *zone_name(const struct zone *zone);

/* zone_civil(zone, at): the civil time of the instant ${at}, epoch seconds. */
struct civil zone_civil(const struct zone *zone, int64_t at);

/* zone_offset(zone, at): seconds east of UTC at ${at}. */
int64_t zone_offset(const struct zone *zone, int64_t at);

/* zone_instant(zone, civil): the instant of a civil time; members out of range carry over (day 32, hour 24).
 * A repeated time is its first pass; one that does not exist is read with the offset before the change. */
int64_t zone_instant(const struct zone *zone, struct civil civil);

/* zone_next_change(zone, at): the first instant after ${at} at which the offset changes; INT64_MAX: none. */
int64_t zone_next_change(const struct zone *zone, int64_t at);

/* Days since 1970-01-01 of a date of the Gregorian calendar, and back. */
int64_t civil_days(int64_t year, int month, int day);
void civil_from_days(int64_t days, int64_t *year, int *month, int *day);
int civil_weekday(int64_t days); /* 0 = Sunday */
int civil_month_days(int64_t year, int month);

#endif
