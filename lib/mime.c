/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/mime.h"

#include <string.h>

enum {
    LINE_MOST = 998, /* RFC 5322, 2.1.1 */
    LINE_GOOD = 76,
    LINE_BYTES = LINE_GOOD / 4 * 3, /* that become one line of base64 */
};

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char hex[] = "0123456789ABCDEF";

void mime_base64(struct text *text, const void *source, size_t length)
{
    const unsigned char *bytes = source;
    for (size_t i = 0; i < length; i += 3) {
        unsigned long triple = 0;
        for (size_t k = 0; k < 3; k++)
            triple = triple << 8 | (i + k < length ? bytes[i + k] : 0UL);
        for (size_t k = 0; k < 4; k++)
            text_add_char(text, i + k > length ? '=' : alphabet[triple >> (18 - 6 * k) & 63]);
    }
}

void mime_base64_lines(struct text *text, const void *source, size_t length)
{
    const unsigned char *bytes = source;
    for (size_t at = 0; at < length; at += LINE_BYTES) {
        mime_base64(text, bytes + at, length - at < LINE_BYTES ? length - at : LINE_BYTES);
        text_add(text, "\r\n");
    }
}

/* How many bytes the group of four stands for, put into ${bytes}; 0: it is none. */
static size_t read_group(const char *group, bool last, char bytes[static 3])
{
    size_t padding = last && group[3] == '=' ? 1 + (group[2] == '=') : 0;
    unsigned long triple = 0;
    for (size_t i = 0; i < 4; i++) {
        const char *place = i < 4 - padding ? memchr(alphabet, group[i], sizeof alphabet - 1) : alphabet;
        if (!place)
            return 0;
        triple = triple << 6 | (unsigned long)(place - alphabet);
    }
    for (size_t i = 0; i < 3; i++)
        bytes[i] = (char)(triple >> (16 - 8 * i) & 0xff);
    return 3 - padding;
}

bool mime_base64_read(struct text *text, const char *base64, size_t length)
{
    size_t before = text->length;
    bool ok = length % 4 == 0;
    for (size_t i = 0; ok && i < length; i += 4) {
        char bytes[3];
        size_t count = read_group(base64 + i, i + 4 == length, bytes);
        text_add_bytes(text, bytes, count);
        ok = count > 0;
    }
    if (!ok && text->length > before) {
        text->length = before;
        text->bytes[before] = '\0';
    }
    return ok;
}

/* The length of the line at ${body}; `*end` is behind its line end. */
static size_t line_of(const char *body, size_t length, size_t *end)
{
    size_t line = 0;
    while (line < length && body[line] != '\n' && body[line] != '\r')
        line++;
    *end = line;
    if (*end < length)
        *end += body[line] == '\r' && line + 1 < length && body[line + 1] == '\n' ? 2 : 1;
    return line;
}

bool mime_needs_quoting(const char *body, size_t length)
{
    size_t run = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)body[i];
        bool line_end = byte == '\n' || byte == '\r';
        run = line_end ? 0 : run + 1;
        if (run > LINE_MOST || byte >= 0x7f || (byte < 0x20 && byte != '\t' && !line_end))
            return true;
    }
    return false;
}

static void add_quoted_line(struct text *text, const char *line, size_t length)
{
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)line[i];
        bool blank_end = (byte == ' ' || byte == '\t') && i + 1 == length;
        bool as_is =
            (byte > 0x20 && byte < 0x7f && byte != '=') || ((byte == ' ' || byte == '\t') && !blank_end);
        size_t size = as_is ? 1 : 3;
        if (used + size > LINE_GOOD - 1) {
            text_add(text, "=\r\n");
            used = 0;
        }
        if (as_is)
            text_add_char(text, line[i]);
        else
            text_format(text, "=%c%c", hex[byte >> 4], hex[byte & 15]);
        used += size;
    }
}

void mime_text(struct text *text, const char *body, size_t length, bool quote)
{
    while (length > 0) {
        size_t end, line = line_of(body, length, &end);
        if (quote)
            add_quoted_line(text, body, line);
        else
            text_add_bytes(text, body, line);
        text_add(text, "\r\n");
        body += end;
        length -= end;
    }
}
