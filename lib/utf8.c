/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/utf8.h"

#include <stdint.h>

/* The length of the well-formed sequence at the start of ${bytes}; 0: there is none. */
static size_t sequence_length(const unsigned char *bytes, size_t length)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; /* shorter forms are refused */
    size_t needed = bytes[0] < 0x80             ? 1
                    : (bytes[0] & 0xe0) == 0xc0 ? 2
                    : (bytes[0] & 0xf0) == 0xe0 ? 3
                    : (bytes[0] & 0xf8) == 0xf0 ? 4
                                                : 0;
    if (needed <= 1 || needed > length)
        return needed <= length ? needed : 0;
    uint32_t point = bytes[0] & (0xffU >> (needed + 1));
    for (size_t i = 1; i < needed; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (bytes[i] & 0x3fU);
    }
    bool surrogate = point >= 0xd800 && point <= 0xdfff;
    return point < least[needed] || surrogate || point > 0x10ffff ? 0 : needed;
}

static bool is_control(const char *bytes, size_t width)
{
    unsigned char first = (unsigned char)bytes[0];
    if (width == 1)
        return (first < ' ' && first != '\n' && first != '\t') || first == 0x7f;
    return width == 2 && first == 0xc2 && (unsigned char)bytes[1] < 0xa0; /* C1 controls */
}

void utf8_add(struct text *text, const char *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t width = sequence_length((const unsigned char *)bytes + at, length - at);
        if (width == 0)
            text_add(text, "\xef\xbf\xbd");
        else if (bytes[at] == '\r' && at + 1 < length && bytes[at + 1] == '\n')
            ; /* the line break follows */
        else if (is_control(bytes + at, width))
            text_add_char(text, ' ');
        else
            text_add_bytes(text, bytes + at, width);
        at += width ? width : 1;
    }
}
