/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/series_path.h"

#include "lib/hash.h"
#include "lib/text.h"

#include <stdint.h>

enum { PART_MOST = 160 };

static bool fits(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           (byte != '\0' && strchr("_.:@%+=,-", byte) != NULL);
}

static void add_part(struct text *path, const char *part)
{
    bool changed = part[0] == '\0';
    for (const char *byte = part; *byte; byte++) {
        bool kept = fits(*byte) && !(byte == part && *byte == '.');
        changed = changed || !kept || byte - part >= PART_MOST;
        if (byte - part < PART_MOST)
            text_add_char(path, kept ? *byte : '_');
    }
    if (changed) {
        uint64_t hash = hash_text(HASH_START, part);
        text_format(path, "~%08llx", (unsigned long long)(hash >> 32 ^ (hash & UINT32_MAX)));
    }
}

void series_path(struct text *path, const char *host, const char *check, const char *label)
{
    add_part(path, host);
    text_add_char(path, '/');
    add_part(path, check);
    text_add_char(path, '/');
    add_part(path, label);
    text_add(path, ".rrd");
}
