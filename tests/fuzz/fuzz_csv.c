/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a table of comma-separated lines. */
#include "collectors/csv.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena *arena = arena_create();
    struct csv_reader reader;
    struct csv_line line;
    csv_begin(&reader, (const char *)bytes, length, arena);
    while (csv_next(&reader, &line)) {
        assert(line.count <= CSV_FIELDS && reader.line <= reader.next && reader.at <= reader.end);
        for (size_t i = 0; i < line.count; i++)
            assert(strlen(line.fields[i]) <= length);
    }
    arena_free(arena);
    return 0;
}
