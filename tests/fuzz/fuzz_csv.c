/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a table of comma-separated lines. */
#include "collectors/csv.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena *arena = arena_create();
    struct csv_reader reader = {.at = (const char *)bytes, .end = (const char *)bytes + length};
    struct csv_line line;
    while (csv_next(&reader, arena, &line)) {
        assert(line.count <= CSV_FIELDS && reader.line <= reader.next && reader.at <= reader.end);
        for (size_t i = 0; i < line.count; i++)
            assert(strlen(line.fields[i]) <= length);
    }
    arena_free(arena);
    return 0;
}
