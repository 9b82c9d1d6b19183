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

static size_t blanks(const char *at, const char *end)
{
    size_t count = 0;
    while (at + count < end && (at[count] == ' ' || at[count] == '\t'))
        count++;
    return count;
}

const char *ledger_raw(const char *line, size_t length, const char *quoted)
{
    const char *end = line + length;
    const char *value = NULL;
    const char *found;
    while (!value && (found = memmem(line, (size_t)(end - line), quoted, strlen(quoted)))) {
        line = found + strlen(quoted);
        line += blanks(line, end);
        if (line < end && *line == ':')
            value = line + 1 + blanks(line + 1, end);
    }
    return value;
}

int64_t ledger_raw_at(const char *line, size_t length)
{
    static const int64_t latest = INT64_C(1000000000000); /* s, as instants are bounded elsewhere */
    int64_t seconds = 0;
    const char *at = ledger_raw(line, length, "\"at\"");
    for (; at && at < line + length && *at >= '0' && *at <= '9' && seconds < latest; at++)
        seconds = seconds * 10 + (*at - '0');
    return seconds < latest ? seconds * 1000 : 0;
}
