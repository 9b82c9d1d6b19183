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

char *text_room(struct text *text, size_t *room)
{
    enum { FIRST = 16384, LEAST = 4096 };
    if (text->room < text->length + 1 + LEAST)
        (void)text_reserve(text, text->room < FIRST ? FIRST - 1 : LEAST);
    *room = text->room - text->length - 1;
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
    char *end = text_reserve(text, 1); /* where it fits, as most does, it is written once */
    int needed = vsnprintf(end, text->room - text->length, format, arguments);
    if (needed > 0 && (size_t)needed >= text->room - text->length) {
        end = text_reserve(text, (size_t)needed);
        (void)vsnprintf(end, (size_t)needed + 1, format, again);
    }
    if (needed > 0)
        text->length += (size_t)needed;
    text->bytes[text->length] = '\0';
    va_end(again);
}

void text_format(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text_format_list(text, format, arguments);
    va_end(arguments);
}

/* How much of a line that is set out with blanks ("  name    words") stands in front of its words. */
static size_t set_out(const char *line)
{
    size_t blanks = strspn(line, " ");
    size_t name = strcspn(line + blanks, " \n");
    size_t gap = strspn(line + blanks + name, " ");
    return blanks == 0 ? 0 : gap > 1 ? blanks + name + gap : blanks;
}

/* The words of one line, which has no newline. */
static void wrap_line(struct text *text, size_t column, size_t indent, const char *line, size_t length)
{
    static const size_t width = 79;
    bool begun = false; /* a word stands on this line: a blank goes before the next */
    size_t at = set_out(line);
    if (at > 0) {
        text_add_bytes(text, line, at);
        column = indent = at;
    }
    for (; at < length; at += strspn(line + at, " ")) {
        size_t word = strcspn(line + at, " \n");
        if (begun && column + 1 + word > width) {
            text_add_char(text, '\n');
            column = 0;
            begun = false;
        }
        size_t blanks = begun ? 1 : column < indent ? indent - column : 0;
        text_format(text, "%*s", (int)blanks, "");
        text_add_bytes(text, line + at, word);
        column += blanks + word;
        at += word;
        begun = true;
    }
    text_add_char(text, '\n');
}

void text_wrap(struct text *text, size_t column, size_t indent, const char *words)
{
    size_t length = strcspn(words, "\n");
    wrap_line(text, column, indent, words, length);
    for (const char *line = words + length; *line; line += length) {
        line++;
        length = strcspn(line, "\n");
        wrap_line(text, 0, indent, line, length);
    }
}
