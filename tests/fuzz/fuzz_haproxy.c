/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as HAProxy's statistics. */
#include "collectors/haproxy.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena *arena = arena_create();
    struct haproxy_table table;
    struct error error = {""};
    bool done = haproxy_parse((const char *)bytes, length, arena, &table, &error);
    assert(done || error.text[0] != '\0');
    for (size_t i = 0; done && i < table.count; i++)
        assert(table.rows[i].proxy && table.rows[i].server && table.rows[i].instance);
    arena_free(arena);
    return 0;
}
