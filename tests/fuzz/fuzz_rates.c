/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the state file of a check's rates. */
#include "lib/rates_file.h"

#include <assert.h>
#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena *arena = arena_create();
    struct rates_sample *samples = NULL;
    size_t count = rates_file_parse((const char *)bytes, length, arena, &samples);
    for (size_t i = 0; i < count; i++)
        assert(samples[i].key && strlen(samples[i].key) <= length && isfinite(samples[i].value));
    arena_free(arena);
    return 0;
}
