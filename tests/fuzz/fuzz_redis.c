/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an answer of Redis. */
#include "collectors/redis_depth.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check(const struct redis_answer *answer)
{
    assert(answer && answer->text);
    assert(answer->kind == REDIS_LIST || answer->count == 0);
    for (size_t i = 0; i < answer->count; i++)
        check(answer->items[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena *arena = arena_create();
    const struct redis_answer *answer;
    struct redis_group group;
    struct error error = {""};
    bool done = redis_link_parse((const char *)bytes, length, arena, &answer, &error);
    assert(done || error.text[0] != '\0');
    if (answer) {
        check(answer);
        (void)redis_depth_group(answer, "g", &group);
        (void)redis_depth_id(answer->text);
    }
    arena_free(arena);
    return 0;
}
