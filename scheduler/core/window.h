/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows: named sets of local civil times, in the words of watchbill (days, start, end, all_except) or of
 * Nagios timeperiods. Half-open [start, end); the first pass of a repeated hour; a time that does not exist is
 * read with the offset before the change; a range past midnight belongs to the day on which it begins. */
#ifndef WATCHBILL_CORE_WINDOW_H
#define WATCHBILL_CORE_WINDOW_H

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/zone.h"

#include <stdbool.h>
#include <stdint.h>

struct window;
struct window_set;

/* window_set_create(arena): an empty set that knows "always" and "never". Everything lives in ${arena}. */
struct window_set *window_set_create(struct arena *arena);

/* window_add(set, name, error): a new, empty window; NULL when the name is taken. */
struct window *window_add(struct window_set *set, const char *name, struct error *error);

/* The parts of one window. Each takes the texts as the configuration has them and says what is wrong. */
bool window_set_zone(struct window *window, const char *timezone, struct error *error);
/* ${days}: "mon-fri", "sat" or a list, already split into items; ${start}, ${end}: "22:00", NULL for the day's
 * ends. */
bool window_add_days(struct window *window, const char *const *days, size_t count, const char *start,
                     const char *end, struct error *error);
/* Nagios words: ${when} such as "monday", "december 25", "day -1", "2026-12-31 / 2"; ${ranges} such as
 * "00:00-08:00,20:00-24:00". */
bool window_add_rule(struct window *window, const char *when, const char *ranges, struct error *error);
/* all_except, exclude: names of other windows; resolved by window_set_resolve. */
void window_add_all_except(struct window *window, const char *name);
void window_add_exclude(struct window *window, const char *name);

/* window_set_resolve(set, error, blamed): bind the names; a missing or circular name is an error, ${blamed} is
 * the window's name. */
bool window_set_resolve(struct window_set *set, struct error *error, const char **blamed);

/* window_find(set, name): NULL when there is none. */
const struct window *window_find(const struct window_set *set, const char *name);
const char *window_name(const struct window *window);
size_t window_count(const struct window_set *set);
const struct window *window_at(const struct window_set *set, size_t index);

/* window_inside(window, zone, at): whether the instant ${at} (epoch seconds) is inside. ${zone} counts where
 * the window has none of its own. */
bool window_inside(const struct window *window, const struct zone *zone, int64_t at);

#define WINDOW_NEVER INT64_MIN
struct window_answer {
    bool inside;
    int64_t since; /* when the answer became what it is; WINDOW_NEVER: since ever */
    int64_t until; /* when it changes; WINDOW_NEVER: it does not */
    int64_t next;  /* when the window begins next, after ${at}; WINDOW_NEVER: not again */
};
/* window_ask(window, zone, at): the search ends after some 30 years of change-free time. */
struct window_answer window_ask(const struct window *window, const struct zone *zone, int64_t at);

#endif
