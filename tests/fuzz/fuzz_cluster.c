/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an answer of the scheduler's API. */
#include "collectors/cluster.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena *arena = arena_create();
    struct cluster cluster;
    struct error error = {""};
    regex_t path_of;
    assert(regcomp(&path_of, "(.)$", REG_EXTENDED) == 0);
    if (cluster_parse((const char *)bytes, length, &cluster, arena, &error)) {
        struct text text = TEXT_INIT;
        bool told = cluster_fault(&cluster, &path_of, &text, arena);
        assert(told == (text.length > 0));
        text_release(&text);
    } else {
        assert(error.text[0] != '\0');
    }
    regfree(&path_of);
    arena_free(arena);
    return 0;
}
