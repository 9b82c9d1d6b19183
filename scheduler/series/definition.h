/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How an RRD file is defined: from a row, as librrd's words, and compared with an existing file. */
#ifndef WATCHBILL_SERIES_DEFINITION_H
#define WATCHBILL_SERIES_DEFINITION_H

#include "lib/error.h"
#include "lib/series_wire.h"

#include <rrd.h>

enum { DEFINITION_WORDS = 1 + 3 * SERIES_ARCHIVES_MOST };

struct definition {
    unsigned long step; /* seconds */
    size_t count;
    char *words[DEFINITION_WORDS]; /* one DS, and AVERAGE, MAX and MIN for each archive */
};

/* definition_check(row, error): whether a file can be made of it: type, step, archives of a bearable size. */
bool definition_check(const struct series_row *row, struct error *error);
void definition_make(struct definition *definition, const struct series_row *row);
void definition_release(struct definition *definition);

/* definition_limits(definition, row): the words of rrd_tune for the heartbeat and the bounds alone. */
void definition_limits(struct definition *definition, const struct series_row *row);

/* definition_compare(info, row): the file against what definition_make would make. */
enum definition_match {
    DEFINITION_SAME,
    DEFINITION_LIMITS, /* only heartbeat or bounds differ: they can be changed in place */
    DEFINITION_OTHER,
};
enum definition_match definition_compare(const rrd_info_t *info, const struct series_row *row);

/* definition_hash(row): of all that definition_make looks at. */
uint64_t definition_hash(const struct series_row *row);

#endif
