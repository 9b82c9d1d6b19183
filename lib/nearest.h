/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The name that was probably meant. */
#ifndef WATCHBILL_LIB_NEAREST_H
#define WATCHBILL_LIB_NEAREST_H

#include <stddef.h>

/* The best name so far; begins as {.wanted = TEXT}. */
struct nearest {
    const char *wanted;
    const char *name; /* NULL: none is near enough */
    size_t distance;
};

/* nearest_try(nearest, name): take ${name} when it is nearer than the one before (edits of one byte, swaps of
 * two neighbours counted as one) and near enough to be meant: at most a third of its length, and 1 at least.
 * NULL is skipped. ${name} must outlive ${nearest}. */
void nearest_try(struct nearest *nearest, const char *name);

#endif
