/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/arena.h"

#include "lib/memory.h"

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

/* What is taken is for the caller to fill: pages of a block that nobody uses are never touched. */
static void *room_for(struct arena *arena, size_t bytes)
{
    size_t align = _Alignof(max_align_t);
    struct block *block = arena->blocks;
    if (bytes > SIZE_MAX / 4)
        abort();
    bytes = (bytes + align - 1) / align * align;
    if (!block || block->room - block->used < bytes) {
        size_t room = bytes > BLOCK_BYTES ? bytes : (size_t)BLOCK_BYTES;
        block = memory_grow(NULL, 1, sizeof *block + room);
        *block = (struct block){.room = room, .next = arena->blocks};
        arena->blocks = block;
    }
    char *found = (char *)block->bytes + block->used;
    block->used += bytes;
    return found;
}

void *arena_get(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        abort();
    return memset(room_for(arena, bytes), 0, bytes);
}

char *arena_text_of(struct arena *arena, const char *bytes, size_t length)
{
    char *copy = room_for(arena, length + 1);
    if (length)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

const char *arena_text(struct arena *arena, const char *text)
{
    return text ? arena_text_of(arena, text, strlen(text)) : NULL;
}

const char *arena_format_list(struct arena *arena, const char *format, va_list arguments)
{
    char few[256];
    va_list again;
    va_copy(again, arguments);
    int needed = vsnprintf(few, sizeof few, format, arguments);
    size_t length = needed > 0 ? (size_t)needed : 0;
    char *copy = arena_text_of(arena, few, length < sizeof few ? length : 0);
    if (length >= sizeof few) {
        copy = room_for(arena, length + 1);
        (void)vsnprintf(copy, length + 1, format, again);
    }
    va_end(again);
    return copy;
}

const char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = arena_format_list(arena, format, arguments);
    va_end(arguments);
    return text;
}
