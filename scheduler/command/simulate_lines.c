/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/memory.h"
#include "scheduler/command/simulate.h"

#include <errno.h>
#include <string.h>

enum { LINE_MOST = 16 << 20, CHUNK = 64 << 10 };

static bool fill(struct simulate_lines *lines, struct error *error)
{
    if (lines->from > 0)
        memmove(lines->buffer, lines->buffer + lines->from, lines->length);
    lines->from = 0;
    lines->buffer = memory_grow(lines->buffer, lines->length + CHUNK, 1);
    size_t got = fread(lines->buffer + lines->length, 1, CHUNK, lines->stream);
    lines->length += got;
    lines->over = got == 0;
    return !ferror(lines->stream) || error_set(error, "cannot read standard input: %s", strerror(errno));
}

static bool is_blank(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!strchr(" \t\r", bytes[i]) || !bytes[i])
            return false;
    return true;
}

/* Where the buffered line ends; the search goes on from where it stood. */
static bool find_end(struct simulate_lines *lines, size_t *length, struct error *error)
{
    size_t seen = 0;
    for (;;) {
        const char *start = lines->length ? lines->buffer + lines->from : "";
        const char *end = memchr(start + seen, '\n', lines->length - seen);
        *length = end ? (size_t)(end - start) : lines->length;
        if (end || lines->over)
            return true;
        seen = lines->length;
        if (seen > LINE_MOST)
            return error_set(error, "longer than %d bytes", LINE_MOST);
        if (!fill(lines, error))
            return false;
    }
}

bool simulate_next(struct simulate_lines *lines, const char **line, size_t *length, struct error *error)
{
    do {
        if (lines->over && lines->length == 0)
            return false;
        lines->number++;
        if (!find_end(lines, length, error))
            return false;
        *line = lines->buffer + lines->from;
        size_t taken = *length < lines->length ? *length + 1 : *length;
        lines->from += taken;
        lines->length -= taken;
    } while (is_blank(*line, *length));
    return true;
}

void simulate_lines_end(struct simulate_lines *lines)
{
    free(lines->buffer);
    lines->buffer = NULL;
}
