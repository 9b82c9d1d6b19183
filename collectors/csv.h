/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comma-separated lines as RFC 4180 quotes them, one line at a time. */
#ifndef WATCHBILL_COLLECTORS_CSV_H
#define WATCHBILL_COLLECTORS_CSV_H

#include "lib/arena.h"

#include <stdbool.h>
#include <stddef.h>

enum { CSV_FIELDS = 4096 };

struct csv_reader {
    struct arena *arena;
    char *at, *end;      /* of a copy, in which fields are ended and unquoted in place */
    const char **fields; /* of the line read last */
    size_t room;         /* for so many */
    size_t line;         /* number of the line read last; begins at 0 */
    size_t next;         /* lines seen so far: quoted fields may hold line breaks */
};

struct csv_line {
    const char **fields; /* until the next line is read; what they point to is the arena's */
    size_t count;        /* an empty field behind the last comma is not counted */
    bool comma;          /* the line ended with a comma */
    bool ended;          /* ... and with a line break */
    bool unclosed;       /* a quoted field never ended */
    bool crowded;        /* more than CSV_FIELDS fields: the rest of the line was not read */
};

/* csv_begin(reader, bytes, length, arena): read these bytes, which may go away at once. */
void csv_begin(struct csv_reader *reader, const char *bytes, size_t length, struct arena *arena);

/* csv_next(reader, line): the next line that is not blank; false at the end. */
bool csv_next(struct csv_reader *reader, struct csv_line *line);

#endif
