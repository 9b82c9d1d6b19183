/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/ledger.h"

#include "lib/text.h"

#include <stdint.h>

/* The bytes of the UTF-8 character at the start, or 0: overlong forms, surrogates and NUL are none. */
static size_t character(const unsigned char *at, size_t length)
{
    static const struct {
        unsigned char low, high, second_low, second_high;
        size_t bytes;
    } forms[] = {
        {0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (at[0] < forms[i].low || at[0] > forms[i].high)
            continue;
        if (forms[i].bytes > length)
            return 0;
        if (forms[i].bytes > 1 && (at[1] < forms[i].second_low || at[1] > forms[i].second_high))
            return 0;
        for (size_t k = 2; k < forms[i].bytes; k++)
            if (at[k] < 0x80 || at[k] > 0xbf)
                return 0;
        return forms[i].bytes;
    }
    return 0;
}

json_t *ledger_text(const char *bytes, size_t length)
{
    struct text clean = TEXT_INIT;
    for (size_t at = 0; at < length;) {
        size_t size = character((const unsigned char *)bytes + at, length - at);
        if (size > 0)
            text_add_bytes(&clean, bytes + at, size);
        else
            text_add_char(&clean, '?');
        at += size > 0 ? size : 1;
    }
    json_t *value = json_stringn(clean.bytes, clean.length);
    text_release(&clean);
    return value;
}

void ledger_stamp(json_t *line, int64_t now)
{
    struct tm parts;
    char text[40] = "";
    time_t at = (time_t)now;
    if (gmtime_r(&at, &parts))
        (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    json_object_set_new(line, "time", json_string(text));
    json_object_set_new(line, "at", json_integer(now));
}
