/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/ledger.h"

#include "lib/text.h"
#include "lib/utf8.h"

json_t *ledger_text(const char *bytes, size_t length)
{
    struct text clean = TEXT_INIT;
    utf8_add(&clean, bytes, length);
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
