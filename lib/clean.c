/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/clean.h"

#include "lib/utf8.h"

static void add_clean(struct text *text, const char *string, char pipe)
{
    size_t from = text->length;
    utf8_add(text, string, strlen(string));
    for (char *at = text->bytes + from; *at; at++) {
        if (*at == '\n' || *at == '\t')
            *at = ' ';
        else if (*at == '|')
            *at = pipe;
    }
}

void clean_text(struct text *text, const char *string)
{
    add_clean(text, string, '|');
}

void clean_line(struct text *text, const char *string)
{
    add_clean(text, string, '/');
}

void clean_cut(struct text *text, size_t length)
{
    if (text->length <= length)
        return;
    while (length > 0 && ((unsigned char)text->bytes[length] & 0xc0) == 0x80)
        length--;
    text->length = length;
    text->bytes[length] = '\0';
}

static bool is_word(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

void clean_name(struct text *text, const char *string, const char *allowed, bool lead)
{
    if (*string == '\0' || (lead && *string >= '0' && *string <= '9'))
        text_add_char(text, '_');
    for (; *string; string++)
        text_add_char(text, is_word(*string) || strchr(allowed, *string) ? *string : '_');
}
