/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/text.h"

#include "lib/memory.h"

#include <stdint.h>

char text_empty[1] = "";

void text_release(struct text *text)
{
    if (text->room)
        free(text->bytes);
    *text = (struct text)TEXT_INIT;
}

void text_clear(struct text *text)
{
    text->length = 0;
    if (text->room)
        text->bytes[0] = '\0';
}

char *text_take(struct text *text)
{
    char *bytes = text->room ? text->bytes : memory_get(1, 1);
    *text = (struct text)TEXT_INIT;
    return bytes;
}

char *text_reserve(struct text *text, size_t more)
{
    if (more >= SIZE_MAX / 4 - text->length)
        abort();
    size_t needed = text->length + more + 1;
    if (needed > text->room) {
        size_t room = text->room ? text->room : 64;
        while (room < needed)
            room *= 2;
        text->bytes = memory_grow(text->room ? text->bytes : NULL, room, 1);
        text->room = room;
        text->bytes[text->length] = '\0';
    }
    return text->bytes + text->length;
}

void text_add_bytes(struct text *text, const void *bytes, size_t length)
{
    if (length == 0)
        return;
    memcpy(text_reserve(text, length), bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_add(struct text *text, const char *string)
{
    text_add_bytes(text, string, strlen(string));
}

void text_add_char(struct text *text, char byte)
{
    text_add_bytes(text, &byte, 1);
}

void text_format_list(struct text *text, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int needed = vsnprintf(NULL, 0, format, arguments);
    if (needed > 0) {
        char *end = text_reserve(text, (size_t)needed);
        (void)vsnprintf(end, (size_t)needed + 1, format, again);
        text->length += (size_t)needed;
    }
    va_end(again);
}

void text_format(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text_format_list(text, format, arguments);
    va_end(arguments);
}
