/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/csv.h"

enum { FIRST_ROOM = 128 /* columns of a recent HAProxy */ };

void csv_begin(struct csv_reader *reader, const char *bytes, size_t length, struct arena *arena)
{
    char *copy = arena_text_of(arena, bytes, length);
    *reader = (struct csv_reader){.arena = arena, .at = copy, .end = copy + length};
}

static void skip_blank_lines(struct csv_reader *reader)
{
    for (; reader->at < reader->end && (*reader->at == '\n' || *reader->at == '\r'); reader->at++)
        reader->next += *reader->at == '\n';
}

/* A quote doubled inside quotes is one quote. The content moves over the opening one; returns where it ends. */
static char *unquote(struct csv_reader *reader, bool *unclosed)
{
    char *to = reader->at;
    for (reader->at++; reader->at < reader->end; reader->at++) {
        if (*reader->at == '"') {
            if (reader->at + 1 == reader->end || reader->at[1] != '"') {
                reader->at++;
                return to;
            }
            reader->at++;
        }
        reader->next += *reader->at == '\n';
        *to++ = *reader->at;
    }
    *unclosed = true;
    return to;
}

/* The bytes up to the next comma or line break. */
static size_t plain_length(const char *begin, const char *end)
{
    const char *at = begin;
    while (at < end && *at != ',' && *at != '\n')
        at++;
    if (at > begin && at[-1] == '\r' && (at == end || *at == '\n'))
        at--;
    return (size_t)(at - begin);
}

/* What follows the closing quote is taken as it is. Returns where the field ends: there, a NUL is still to be set. */
static char *read_quoted(struct csv_reader *reader, struct csv_line *line)
{
    char *to = unquote(reader, &line->unclosed);
    size_t length = plain_length(reader->at, reader->end);
    memmove(to, reader->at, length);
    reader->at += length;
    return to + length;
}

static void more_room(struct csv_reader *reader)
{
    size_t room = reader->room ? 2 * reader->room : FIRST_ROOM;
    const char **grown = arena_get(reader->arena, room, sizeof *grown);
    if (reader->room)
        memcpy(grown, reader->fields, reader->room * sizeof *grown);
    reader->fields = grown;
    reader->room = room;
}

/* Reads up to the end of the field, and over what ends it; returns whether that is a comma. */
static bool read_field(struct csv_reader *reader, struct csv_line *line)
{
    char *to;
    if (line->count == reader->room)
        more_room(reader);
    reader->fields[line->count++] = reader->at;
    if (reader->at < reader->end && *reader->at == '"')
        to = read_quoted(reader, line);
    else
        to = reader->at += plain_length(reader->at, reader->end);
    while (reader->at < reader->end && *reader->at == '\r')
        reader->at++;
    line->ended = reader->at < reader->end;
    bool comma = line->ended && *reader->at == ',';
    *to = '\0'; /* often the comma itself */
    reader->at += line->ended;
    return comma;
}

/* The fields that end with a comma and hold no quote: nearly all. What is left is for read_field. */
static void read_plain_fields(struct csv_reader *reader, struct csv_line *line)
{
    static const bool stops[256] = {['\0'] = true, [','] = true, ['\n'] = true, ['"'] = true};
    size_t room = reader->room < CSV_FIELDS ? reader->room : CSV_FIELDS - 1, count = line->count;
    char *begin = reader->at, *at = begin;
    while (count < room) {
        while (!stops[(unsigned char)*at]) /* a NUL is behind the last byte */
            at++;
        if (*at != ',')
            break;
        *at++ = '\0';
        reader->fields[count++] = begin;
        begin = at;
    }
    line->count = count;
    reader->at = begin;
}

bool csv_next(struct csv_reader *reader, struct csv_line *line)
{
    skip_blank_lines(reader);
    *line = (struct csv_line){0};
    if (reader->at >= reader->end)
        return false;
    reader->line = ++reader->next;
    bool comma;
    do {
        read_plain_fields(reader, line);
        comma = read_field(reader, line);
        line->crowded = line->count == CSV_FIELDS;
    } while (comma && !line->crowded);
    line->fields = reader->fields;
    if (line->count > 1 && line->fields[line->count - 1][0] == '\0') {
        line->comma = true;
        line->count--;
    }
    return true;
}
