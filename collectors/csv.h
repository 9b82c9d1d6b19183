/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comma-separated lines as RFC 4180 quotes them, one line at a time. */
#ifndef WATCHBILL_COLLECTORS_CSV_H
#define WATCHBILL_COLLECTORS_CSV_H

#include "lib/arena.h"

#include <stdbool.h>
#include <stddef.h>

enum { CSV_FIELDS = 4096 };

struct csv_reader {
    const char *at, *end;
    size_t line; /* of the line read last; begins at 0 */
    size_t next; /* lines seen so far: quoted fields may hold line breaks */
};

struct csv_line {
    const char **fields; /* in the arena */
    size_t count;        /* an empty field behind the last comma is not counted */
    bool comma;          /* the line ended with a comma */
    bool ended;          /* ... and with a line break */
    bool unclosed;       /* a quoted field never ended */
    bool crowded;        /* more than CSV_FIELDS fields: the rest of the line was not read */
};

/* csv_next(reader, arena, line): the next line that is not blank; false at the end. */
bool csv_next(struct csv_reader *reader, struct arena *arena, struct csv_line *line);

#endif
