/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bundle of diagnostics read back, and held against its index. */
#ifndef WATCHBILL_LIB_BUNDLE_READ_H
#define WATCHBILL_LIB_BUNDLE_READ_H

#include "lib/error.h"

#include <jansson.h>

/* bundle_read(folder, run, error): {"run", "folder", "parts": [{"name", "bytes", "content", "changed", "truncated",
 * "error": what went wrong when it was gathered}]} of the run ${run} below ${folder}: the parts in the order of the
 * index, then what the act attached. "changed": it is not what the index says; content is made fit by utf8_add, and null
 * for a part that cannot be read. Follows no link, reads regular files only, BUNDLE_BYTES in all. A new reference, or
 * NULL: no id of a run, no such bundle, no usable index. */
json_t *bundle_read(const char *folder, const char *run, struct error *error);

#endif
