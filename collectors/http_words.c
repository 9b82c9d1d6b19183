/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What http.h offers without a connection. */
#include "collectors/http.h"

#include <strings.h>

bool http_header(const struct http_response *response, const char *name, struct text *value)
{
    size_t length = strlen(name);
    for (const char *line = response->head.bytes; *line;) {
        size_t end = strcspn(line, "\n");
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            size_t skip = length + 1 + strspn(line + length + 1, " \t");
            text_add_bytes(value, line + skip, end > skip ? end - skip : 0);
            return true;
        }
        line += end + (line[end] != '\0');
    }
    return false;
}

void http_shown_url(const char *url, struct text *shown)
{
    const char *host = strstr(url, "://");
    host = host ? host + 3 : url;
    size_t authority = strcspn(host, "/?#");
    const char *at = memrchr(host, '@', authority);
    text_add_bytes(shown, url, (size_t)(host - url));
    text_add(shown, at ? at + 1 : host);
}
