/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lib/zone.c, lib/zone_file.c and lib/zone_rule.c share; nobody else includes it, tests excepted. */
#ifndef WATCHBILL_LIB_ZONE_INTERNAL_H
#define WATCHBILL_LIB_ZONE_INTERNAL_H

#include "lib/error.h"

#include <stddef.h>
#include <stdint.h>

#define DAY_SECONDS INT64_C(86400)

/* A day of the year in a POSIX TZ text: "M3.5.0/2", "J60", "59". */
struct zone_day {
    enum { ZONE_DAY_MONTH, ZONE_DAY_JULIAN, ZONE_DAY_PLAIN } form;
    int month, week, day; /* week 5 is the last; day 0-6, or the day of the year */
    int64_t time;         /* seconds after its midnight, -167 h to 167 h */
};

/* A POSIX TZ text: standard time, and if ${has_summer} summer time from ${begin} to ${end} of each year. */
struct zone_rule {
    bool has_summer;
    int64_t offset, summer; /* seconds east of UTC */
    struct zone_day begin, end;
};

struct zone {
    char *name;
    struct zone *next; /* in the list of those that are kept */
    size_t count;
    int64_t *changes; /* ascending instants ... */
    int32_t *offsets; /* ... and the offset from each one on */
    int32_t first;    /* the offset before the first change */
    bool ruled;       /* ${rule} holds from the last change on */
    struct zone_rule rule;
};

/* zone_from_bytes(bytes, length, error): the value of a TZif file of any version; ends with zone_free. NULL
 * with a sentence when it is damaged or counts leap seconds. */
struct zone *zone_from_bytes(const unsigned char *bytes, size_t length, struct error *error);
void zone_free(struct zone *zone);

/* zone_rule_read(text, length, rule): false when ${text} is no POSIX TZ text. */
bool zone_rule_read(const char *text, size_t length, struct zone_rule *rule);

/* zone_rule_offset(rule, at): seconds east of UTC. */
int64_t zone_rule_offset(const struct zone_rule *rule, int64_t at);

/* zone_rule_next(rule, at): the first instant after ${at} at which the offset changes; INT64_MAX: none. */
int64_t zone_rule_next(const struct zone_rule *rule, int64_t at);

#endif
