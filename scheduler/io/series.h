/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series: RRD files, written and drawn by child processes (watchbill-series), because librrd blocks and its
 * graphs are not thread-safe. A bounded queue stands before them: what does not fit is dropped and counted,
 * never waited for. The daemon does not link librrd. */
#ifndef WATCHBILL_IO_SERIES_H
#define WATCHBILL_IO_SERIES_H

#include "lib/error.h"
#include "lib/series_path.h"
#include "scheduler/core/model.h"
#include "scheduler/io/loop.h"

#include <jansson.h>

struct series;

struct series_settings {
    const char *libexec;   /* directory of watchbill-series */
    const char *directory; /* of the files: STATE/rrd */
    const char *rrdcached; /* NULL: none */
};

struct series *series_create(struct loop *loop, const struct series_settings *settings, struct error *error);
void series_free(struct series *series);

/* One value of one file. The file is made when it is missing, and converted when its archives changed. */
struct sample {
    const char *host, *check, *label;
    const char *type;        /* GAUGE, COUNTER, DERIVE, ABSOLUTE */
    double min, max;         /* NaN: none */
    int64_t step, heartbeat; /* ms */
    const struct archives *archives;
    int64_t at;   /* epoch ms; refused when more than one step in the future of the wall clock */
    double value; /* NaN: unknown */
};
void series_store(struct series *series, const struct sample *sample);

/* series_draw(series, graph, drawn, owner): ${graph} is
 * {"format":"png|svg","title","vertical","start","end","width","height","items":[{"path","label","stack",
 *  "negative","counter"}],"lines":[{"at","text"}]}.
 * ${drawn} gets the picture, or NULL and a sentence. */
typedef void series_drawn(void *owner, const void *picture, size_t length, const char *error);
void series_draw(struct series *series, const json_t *graph, series_drawn *drawn, void *owner);

struct series_counts {
    uint64_t stored, dropped, failed;
    size_t waiting;
};
void series_counts(const struct series *series, struct series_counts *counts);
/* The last sentence of a failed store; NULL: none failed in the last 90 s. */
const char *series_trouble(const struct series *series);

#endif
