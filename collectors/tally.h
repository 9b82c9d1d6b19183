/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts by name, for names that come from outside: so many at most, the rest together. */
#ifndef WATCHBILL_COLLECTORS_TALLY_H
#define WATCHBILL_COLLECTORS_TALLY_H

#include "lib/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TALLY_NAMES = 10000, TALLY_NAME_CAP = 200 };
#define TALLY_OTHERS "(others)"

struct tally_row {
    const char *name; /* at most TALLY_NAME_CAP bytes, without NUL */
    uint64_t all, matches;
};

struct tally;

struct tally *tally_create(struct arena *arena);

/* tally_add(tally, name, length, matches): one more of this name. Names beyond the first TALLY_NAMES count as
 * TALLY_OTHERS. */
void tally_add(struct tally *tally, const char *name, size_t length, bool matches);

/* tally_know(tally, name): the name is among the rows, though nothing may be counted for it. */
void tally_know(struct tally *tally, const char *name);

/* tally_rows(tally, count): most matches first, then most of all, then by name; in the arena. */
struct tally_row *tally_rows(struct tally *tally, size_t *count);

#endif
