/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/mysql_place.h"

#include "lib/number.h"

#include <string.h>

enum { DEFAULT_PORT = 3306, HOST_BYTES = 253 };

static bool is_host(const char *host)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-";
    size_t length = strlen(host);
    return length > 0 && length <= HOST_BYTES && host[0] != '-' && strspn(host, allowed) == length;
}

bool mysql_place_read(const char *text, struct arena *arena, const char **host, int64_t *port,
                      struct error *error)
{
    const char *colon = strrchr(text, ':');
    const char *bracket = text[0] == '[' ? strchr(text, ']') : NULL;
    const char *begin = bracket ? text + 1 : text;
    const char *end = bracket ? bracket : colon ? colon : text + strlen(text);
    const char *digits = bracket && bracket[1] == ':' ? bracket + 2 : !bracket && colon ? colon + 1 : NULL;
    *host = arena_text_of(arena, begin, (size_t)(end - begin));
    *port = DEFAULT_PORT;
    if (!is_host(*host) || (bracket && bracket[1] && bracket[1] != ':') ||
        (digits && !number_read_whole(digits, 1, 65535, port)))
        return error_set(error, "not a HOST:PORT: \"%.200s\"", text);
    return true;
}
