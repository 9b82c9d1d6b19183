/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/arena.h"

#include "lib/memory.h"

#include <stdarg.h>
#include <stdint.h>

enum { BLOCK_BYTES = 16384 };

struct block {
    struct block *next;
    size_t used;
    size_t room;
    max_align_t bytes[];
};

struct arena {
    struct block *blocks; /* the newest first: it alone has room left */
};

struct arena *arena_create(void)
{
    return memory_get(1, sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    for (struct block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    free(arena);
}

static void *room_for(struct arena *arena, size_t bytes)
{
    struct block *block = arena->blocks;
    if (!block || block->room - block->used < bytes) {
        size_t room = bytes > BLOCK_BYTES ? bytes : (size_t)BLOCK_BYTES;
        block = memory_get(1, sizeof *block + room);
        block->room = room;
        block->next = arena->blocks;
        arena->blocks = block;
    }
    char *found = (char *)block->bytes + block->used;
    block->used += bytes;
    return found;
}

void *arena_get(struct arena *arena, size_t count, size_t size)
{
    size_t align = _Alignof(max_align_t);
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 4)
        abort();
    return room_for(arena, (bytes + align - 1) / align * align);
}

char *arena_text_of(struct arena *arena, const char *bytes, size_t length)
{
    char *copy = arena_get(arena, length + 1, 1);
    if (length)
        memcpy(copy, bytes, length);
    return copy;
}

const char *arena_text(struct arena *arena, const char *text)
{
    return text ? arena_text_of(arena, text, strlen(text)) : NULL;
}

const char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_list again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int needed = vsnprintf(NULL, 0, format, arguments);
    char *copy = arena_get(arena, needed > 0 ? (size_t)needed + 1 : 1, 1);
    if (needed > 0)
        (void)vsnprintf(copy, (size_t)needed + 1, format, again);
    va_end(again);
    va_end(arguments);
    return copy;
}
