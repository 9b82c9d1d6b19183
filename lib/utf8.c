/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/utf8.h"

#include <stdint.h>

/* The length of the well-formed sequence at the start of ${bytes}, and its code point; 0: there is none. */
static size_t sequence_length(const unsigned char *bytes, size_t length, uint32_t *point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; /* shorter forms are refused */
    size_t needed = bytes[0] < 0x80             ? 1
                    : (bytes[0] & 0xe0) == 0xc0 ? 2
                    : (bytes[0] & 0xf0) == 0xe0 ? 3
                    : (bytes[0] & 0xf8) == 0xf0 ? 4
                                                : 0;
    *point = bytes[0];
    if (needed <= 1 || needed > length)
        return needed <= length ? needed : 0;
    *point = bytes[0] & (0xffU >> (needed + 1));
    for (size_t i = 1; i < needed; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        *point = *point << 6 | (bytes[i] & 0x3fU);
    }
    bool surrogate = *point >= 0xd800 && *point <= 0xdfff;
    return *point < least[needed] || surrogate || *point > 0x10ffff ? 0 : needed;
}

/* C0 and C1, and what reorders, hides or breaks the line that a person reads (Unicode's Bidi_Control, its line
 * separators and other format characters). The joiners stay: scripts and emoji are spelt with them. */
static bool is_control(uint32_t point)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x00, 0x08},     {0x0b, 0x1f},     {0x7f, 0x9f},       {0x061c, 0x061c},
        {0x200b, 0x200b}, {0x200e, 0x200f}, {0x2028, 0x202e},   {0x2060, 0x206f},
        {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
    };
    if (point >= ' ' && point < 0x7f)
        return false;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (point >= ranges[i].first && point <= ranges[i].last)
            return true;
    return false;
}

void utf8_add(struct text *text, const char *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        uint32_t point;
        size_t width = sequence_length((const unsigned char *)bytes + at, length - at, &point);
        if (width == 0)
            text_add(text, "\xef\xbf\xbd");
        else if (bytes[at] == '\r' && at + 1 < length && bytes[at + 1] == '\n')
            ; /* the line break follows */
        else if (is_control(point))
            text_add_char(text, ' ');
        else
            text_add_bytes(text, bytes + at, width);
        at += width ? width : 1;
    }
}

void utf8_add_line(struct text *text, const char *string)
{
    size_t from = text->length;
    utf8_add(text, string, strlen(string));
    for (size_t i = from; i < text->length; i++)
        if (text->bytes[i] == '\n' || text->bytes[i] == '\t')
            text->bytes[i] = ' ';
}
