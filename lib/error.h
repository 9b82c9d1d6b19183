/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One sentence about what went wrong.
 *
 * A function that can fail for a reason outside the program takes a struct error, returns false (or
 * NULL) and leaves a sentence: lower case, cause first, the subject in double quotes, no full stop.
 * The caller adds where it happened. */
#ifndef WATCHBILL_LIB_ERROR_H
#define WATCHBILL_LIB_ERROR_H

#include <stdbool.h>

struct error {
    char text[512];
};

/* error_set(error, format, ...): write the sentence; a longer one is cut. ${error} may be NULL.
 * Always returns false, so that `return error_set(...)` reads well. */
bool error_set(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* error_prefix(error, format, ...): put "PREFIX: " in front of the sentence. Always returns false. */
bool error_prefix(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
