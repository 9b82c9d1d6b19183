/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/memory.h"

#include <stdint.h>

static void *checked(void *memory)
{
    if (!memory) {
        (void)fputs("out of memory\n", stderr);
        abort();
    }
    return memory;
}

void *memory_get(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size ? size : 1));
}

void *memory_grow(void *old, size_t count, size_t size)
{
    return checked(reallocarray(old, count ? count : 1, size ? size : 1));
}

size_t memory_remove(void *items, size_t count, size_t size, size_t index)
{
    char *hole = (char *)items + index * size;
    memmove(hole, hole + size, (count - index - 1) * size);
    return count - 1;
}

char *memory_text(const char *text)
{
    return text ? memory_text_of(text, strlen(text)) : NULL;
}

char *memory_text_of(const char *bytes, size_t length)
{
    if (length == SIZE_MAX)
        abort();
    char *copy = memory_get(length + 1, 1);
    if (length)
        memcpy(copy, bytes, length);
    return copy;
}
