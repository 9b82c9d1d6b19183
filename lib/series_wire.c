/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/series_wire.h"

#include <stddef.h>

/* A row is written as its fixed members, its archives, the length of its path and the path. */
enum { FIXED = offsetof(struct series_row, archives) };

size_t series_wire_begin(struct text *text, enum series_frame kind)
{
    uint32_t header[2] = {(uint32_t)kind, 0};
    size_t place = text->length;
    _Static_assert(sizeof header == SERIES_HEADER, "a header is two numbers");
    text_add_bytes(text, header, sizeof header);
    return place;
}

void series_wire_end(struct text *text, size_t place)
{
    uint32_t length = (uint32_t)(text->length - place - SERIES_HEADER);
    memcpy(text->bytes + place + sizeof length, &length, sizeof length);
}

int64_t series_wire_frame(const char *bytes, size_t length, enum series_frame *kind, const char **body)
{
    uint32_t header[2];
    if (length < sizeof header)
        return -1;
    memcpy(header, bytes, sizeof header);
    if (header[0] < SERIES_STORE || header[0] > SERIES_REFUSED || header[1] > SERIES_FRAME_MOST)
        return -2;
    if (length - sizeof header < header[1])
        return -1;
    *kind = (enum series_frame)header[0];
    *body = bytes + sizeof header;
    return header[1];
}

void series_wire_add_row(struct text *text, const struct series_row *row)
{
    uint32_t path = (uint32_t)strlen(row->path);
    text_add_bytes(text, row, FIXED);
    text_add_bytes(text, row->archives, row->archive_count * sizeof row->archives[0]);
    text_add_bytes(text, &path, sizeof path);
    text_add_bytes(text, row->path, path);
}

size_t series_wire_read_row(const char *bytes, size_t length, struct series_row *row)
{
    uint32_t path = 0;
    if (length < FIXED)
        return 0;
    memcpy(row, bytes, FIXED);
    size_t at = FIXED, archives = row->archive_count * sizeof row->archives[0];
    if (row->archive_count > SERIES_ARCHIVES_MOST || row->type[sizeof row->type - 1] != '\0' ||
        length - at < archives + sizeof path)
        return 0;
    memcpy(row->archives, bytes + at, archives);
    at += archives;
    memcpy(&path, bytes + at, sizeof path);
    at += sizeof path;
    if (path == 0 || path > SERIES_PATH_MOST || length - at < path || memchr(bytes + at, '\0', path))
        return 0;
    memcpy(row->path, bytes + at, path);
    row->path[path] = '\0';
    return at + path;
}
