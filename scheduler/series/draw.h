/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws a picture of series: the JSON of scheduler/io/series.h in, PNG or SVG out. */
#ifndef WATCHBILL_SERIES_DRAW_H
#define WATCHBILL_SERIES_DRAW_H

#include "lib/error.h"
#include "lib/text.h"

/* draw_graph(picture, directory, rrdcached, request, length, error): ${rrdcached} may be NULL. librrd's drawing is
 * not safe for threads. */
bool draw_graph(struct text *picture, const char *directory, const char *rrdcached, const char *request,
                size_t length, struct error *error);

#endif
