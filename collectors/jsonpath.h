/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One member of a JSON text, found by a dotted path: "status", "nodes.0.name". */
#ifndef WATCHBILL_COLLECTORS_JSONPATH_H
#define WATCHBILL_COLLECTORS_JSONPATH_H

#include "lib/error.h"
#include "lib/text.h"

#include <stddef.h>

enum jsonpath_end {
    JSONPATH_FOUND,
    JSONPATH_MISSING, /* JSON, without that member */
    JSONPATH_NO_JSON,
};

/* jsonpath_find(bytes, length, path, value, error): append the member's value to ${value}: a string as it is,
 * anything else as compact JSON (true, 12, null, {"a":1}). A part of digits is an index where an array is. */
enum jsonpath_end jsonpath_find(const char *bytes, size_t length, const char *path, struct text *value,
                                struct error *error);

#endif
