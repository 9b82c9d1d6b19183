/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/csv.h"

#include "lib/memory.h"
#include "lib/text.h"

static void skip_blank_lines(struct csv_reader *reader)
{
    for (; reader->at < reader->end && (*reader->at == '\n' || *reader->at == '\r'); reader->at++)
        reader->next += *reader->at == '\n';
}

/* A quote doubled inside quotes is one quote; what follows the closing quote is taken as it is. */
static void read_quoted(struct csv_reader *reader, struct text *field, bool *unclosed)
{
    for (reader->at++; reader->at < reader->end; reader->at++) {
        if (*reader->at == '"') {
            if (reader->at + 1 == reader->end || reader->at[1] != '"') {
                reader->at++;
                return;
            }
            reader->at++;
        }
        reader->next += *reader->at == '\n';
        text_add_char(field, *reader->at);
    }
    *unclosed = true;
}

/* The bytes up to the next comma or line break. */
static size_t plain_length(const struct csv_reader *reader)
{
    const char *at = reader->at;
    while (at < reader->end && *at != ',' && *at != '\n')
        at++;
    size_t length = (size_t)(at - reader->at);
    if (length > 0 && at[-1] == '\r' && (at == reader->end || *at == '\n'))
        length--;
    return length;
}

static const char *read_field(struct csv_reader *reader, struct arena *arena, struct csv_line *line)
{
    struct text quoted = TEXT_INIT;
    const char *kept = "";
    if (reader->at < reader->end && *reader->at == '"')
        read_quoted(reader, &quoted, &line->unclosed);
    size_t length = plain_length(reader);
    if (quoted.length > 0) {
        text_add_bytes(&quoted, reader->at, length);
        kept = arena_text_of(arena, quoted.bytes, quoted.length);
    } else if (length > 0) {
        kept = arena_text_of(arena, reader->at, length);
    }
    reader->at += length;
    while (reader->at < reader->end && *reader->at == '\r')
        reader->at++;
    text_release(&quoted);
    return kept;
}

bool csv_next(struct csv_reader *reader, struct arena *arena, struct csv_line *line)
{
    size_t room = 128; /* of a recent version */
    skip_blank_lines(reader);
    *line = (struct csv_line){0};
    if (reader->at >= reader->end)
        return false;
    reader->line = ++reader->next;
    const char **fields = memory_get(room, sizeof *fields);
    for (bool more = true; more;) {
        if (line->count == room) {
            room *= 2;
            fields = memory_grow(fields, room, sizeof *fields);
        }
        fields[line->count++] = read_field(reader, arena, line);
        line->crowded = line->count == CSV_FIELDS;
        more = !line->crowded && reader->at < reader->end && *reader->at == ',';
        reader->at += more;
    }
    line->ended = reader->at < reader->end;
    reader->at += line->ended;
    if (line->count > 1 && fields[line->count - 1][0] == '\0') {
        line->comma = true;
        line->count--;
    }
    line->fields = arena_get(arena, line->count, sizeof *line->fields);
    memcpy(line->fields, fields, line->count * sizeof *fields);
    free(fields);
    return true;
}
