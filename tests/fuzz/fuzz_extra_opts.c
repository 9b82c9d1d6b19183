/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/extra_opts.h"

#include "lib/memory.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *input = memory_text_of((const char *)data, size);
    struct arena *arena = arena_create();
    struct words words = {0};
    struct error error;
    if (!extra_opts_parse(input, "s", arena, &words, &error) && error.text[0] == '\0')
        abort();
    arena_free(arena);
    free(input);
    return 0;
}
