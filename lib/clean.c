/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/clean.h"

/* Bytes of the UTF-8 character that begins here; 0: none does. Source of the rule: RFC 3629, section 4. */
static size_t character_length(const unsigned char *at)
{
    static const struct {
        unsigned char first_low, first_high, second_low, second_high;
        size_t length;
    } shapes[] = {
        {0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        if (*at < shapes[i].first_low || *at > shapes[i].first_high)
            continue;
        if (shapes[i].length > 1 && (at[1] < shapes[i].second_low || at[1] > shapes[i].second_high))
            return 0;
        for (size_t j = 2; j < shapes[i].length; j++)
            if (at[j] < 0x80 || at[j] > 0xbf)
                return 0;
        return shapes[i].length;
    }
    return 0;
}

static bool is_control(const unsigned char *at, size_t length)
{
    return *at < 0x20 || *at == 0x7f || (length == 2 && *at == 0xc2 && at[1] < 0xa0);
}

static void add_clean(struct text *text, const char *string, char pipe)
{
    const unsigned char *at = (const unsigned char *)string;
    while (*at) {
        size_t length = character_length(at);
        if (length == 0)
            text_add_char(text, '?');
        else if (is_control(at, length))
            text_add_char(text, ' ');
        else if (*at == '|')
            text_add_char(text, pipe);
        else
            text_add_bytes(text, at, length);
        at += length ? length : 1;
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
