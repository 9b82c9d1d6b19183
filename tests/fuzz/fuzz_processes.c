/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the files of a process in /proc. */
#include "collectors/processes.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena *arena = arena_create();
    struct process_row row;
    int64_t user = -1;
    if (processes_parse((const char *)bytes, length, arena, &row)) {
        assert(row.name && strlen(row.name) <= length);
        assert(row.user == -1);
    }
    if (processes_parse_user((const char *)bytes, length, &user))
        assert(user >= 0 && user <= UINT32_MAX);
    arena_free(arena);
    return 0;
}
