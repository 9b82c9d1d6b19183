/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One data source of an RRD file, for reading. Whatever stands in the file, it costs neither a crash nor more memory
 * than the archive that is read has. What rrdcached has not written yet is not seen. */
#ifndef WATCHBILL_COLLECTORS_RRD_FILE_H
#define WATCHBILL_COLLECTORS_RRD_FILE_H

#include "lib/arena.h"
#include "lib/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Seconds and epoch seconds; all memory is the arena's. */
struct rrd_file {
    const char *path;
    const char *source; /* the name of the data source */
    int64_t step, heartbeat;
    int64_t last; /* the newest update */
    struct rrd_archive {
        const char *function; /* AVERAGE, MAX, MIN, FAILURES ... */
        int64_t step;         /* of a row */
        int64_t rows;
    } * archives;
    size_t archive_count;
};

/* The value of an interval for each member; NaN: not known. values[i] is of the interval that ends at
 * start + (i + 1) * step. */
struct rrd_values {
    double *values;
    size_t count;
    size_t missing; /* intervals that were asked for and are older than the file remembers */
    int64_t start, step;
};

/* rrd_file_open(file, path, source, arena, error): ${source} NULL: the only one there is. The sentence names the file.
 */
bool rrd_file_open(struct rrd_file *file, const char *path, const char *source, struct arena *arena,
                   struct error *error);

/* rrd_file_has(file, function): whether it has an archive of that consolidation function. */
bool rrd_file_has(const struct rrd_file *file, const char *function);

/* rrd_file_read(file, function, start, end, values, arena, error): the intervals that end within (${start}, ${end}],
 * from the finest archive that reaches back so far, or else from the one that reaches back furthest. Intervals behind
 * the newest update are not there. */
bool rrd_file_read(const struct rrd_file *file, const char *function, int64_t start, int64_t end,
                   struct rrd_values *values, struct arena *arena, struct error *error);

#endif
