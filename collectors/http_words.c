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

enum source_end http_status_end(int status)
{
    return status >= 500 ? SOURCE_FAULT : SOURCE_UNREADABLE;
}

/* Source: the IANA registry of HTTP status codes. */
static const struct {
    int status;
    const char *name;
} names[] = {
    {200, "OK"},
    {201, "Created"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {410, "Gone"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
};

const char *http_status_name(int status)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].status == status)
            return names[i].name;
    return "";
}
