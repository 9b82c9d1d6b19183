/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the body of ActiveMQ's statistics: XML, or JSON behind a brace. */
#include "collectors/activemq.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena *arena = arena_create();
    struct activemq_map map;
    struct error error = {""};
    bool done = activemq_parse((const char *)bytes, length, arena, &map, &error);
    assert(done || error.text[0] != '\0');
    for (size_t i = 0; done && i < map.count; i++)
        assert(activemq_text(&map, map.entries[i].key) == map.entries[i].value);
    (void)activemq_queue_name(&map);
    arena_free(arena);
    return 0;
}
