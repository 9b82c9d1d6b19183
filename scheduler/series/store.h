/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes RRD files: makes what is missing, converts what is defined otherwise now, updates. */
#ifndef WATCHBILL_SERIES_STORE_H
#define WATCHBILL_SERIES_STORE_H

#include "lib/error.h"
#include "lib/series_wire.h"
#include "scheduler/series/known.h"

struct store {
    const char *directory;
    const char *rrdcached; /* NULL: none; the files are written here as well while it cannot be reached */
    struct known known;
};

/* store_row(store, row, error): false with a sentence that names the file. librrd is given only what it cannot
 * misread: a stamp not before 1980, a finite or unknown value, an integer for a counter. */
bool store_row(struct store *store, const struct series_row *row, struct error *error);

#endif
