/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Findings while they are gathered: in any order, to be sorted and worded at the end. */
#ifndef WATCHBILL_IO_CONFIG_FINDINGS_H
#define WATCHBILL_IO_CONFIG_FINDINGS_H

#include "lib/nearest.h"
#include "scheduler/io/config.h"

#include <stdarg.h>

/* More than this many are counted, not kept. */
enum { FINDINGS_KEPT = 10000 };

struct findings_draft {
    struct fault {
        struct place place; /* line 0: the file as a whole */
        char *sentence;
        bool warning;
    } * items;
    size_t count;
    size_t room;
    size_t errors; /* also those that were not kept */
    size_t dropped;
};

/* findings_error(draft, place, format, ...), findings_warning: add one. The file's name in ${place} is kept
 * as a pointer until findings_finish. */
void findings_error(struct findings_draft *draft, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void findings_warning(struct findings_draft *draft, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* findings_unknown(draft, place, what, nearest): unknown WHAT "NAME", and the nearest valid name if there is
 * one. */
void findings_unknown(struct findings_draft *draft, struct place place, const char *what,
                      const struct nearest *nearest);

/* findings_finish(draft, findings): move all into ${findings}, sorted by file, line and column, each once;
 * ${draft} is empty again. */
void findings_finish(struct findings_draft *draft, struct findings *findings);

#endif
