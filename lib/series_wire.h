/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the daemon and watchbill-series say to each other over a socket: frames of a kind, a length and that many
 * bytes. Both ends are of the same build on the same machine, so numbers are as they are in memory; they are
 * still checked, because one end may be in the middle of dying. */
#ifndef WATCHBILL_LIB_SERIES_WIRE_H
#define WATCHBILL_LIB_SERIES_WIRE_H

#include "lib/text.h"

#include <stdint.h>

enum series_frame {
    SERIES_STORE = 1, /* daemon: rows, one behind the other */
    SERIES_STORED,    /* child: struct series_stored and a sentence on the last failure */
    SERIES_DRAW,      /* daemon: JSON */
    SERIES_PICTURE,   /* child: the picture */
    SERIES_REFUSED,   /* child: a sentence */
};

enum {
    SERIES_HEADER = 8, /* bytes before a frame's own: kind and length, 32 bits each */
    SERIES_FRAME_MOST = 32 << 20,
    SERIES_ARCHIVES_MOST = 64,
    SERIES_PATH_MOST = 1023,
};

struct series_stored {
    uint64_t stored, failed;
};

/* The same set of archives as scheduler/core/model.h has; milliseconds. */
struct series_archive {
    int64_t every, keep;
};

struct series_row {
    char type[12]; /* GAUGE, COUNTER, DERIVE, ABSOLUTE */
    uint32_t archive_count;
    double value, min, max;      /* NaN: unknown, none */
    int64_t at, step, heartbeat; /* ms */
    struct series_archive archives[SERIES_ARCHIVES_MOST];
    char path[SERIES_PATH_MOST + 1]; /* of series_path */
};

/* series_wire_begin(text, kind): an empty frame at the end of ${text}; returns its place for series_wire_end,
 * which notes how many bytes came behind it. */
size_t series_wire_begin(struct text *text, enum series_frame kind);
void series_wire_end(struct text *text, size_t place);

/* series_wire_frame(bytes, length, kind, body): the length of the body of the frame that begins at ${bytes}; -1:
 * not all of it is there yet; -2: it is no frame. */
int64_t series_wire_frame(const char *bytes, size_t length, enum series_frame *kind, const char **body);

void series_wire_add_row(struct text *text, const struct series_row *row);
/* series_wire_read_row(bytes, length, row): how many bytes it took; 0: not a row. */
size_t series_wire_read_row(const char *bytes, size_t length, struct series_row *row);

#endif
