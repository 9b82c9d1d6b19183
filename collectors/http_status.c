/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/http_status.h"

#include "lib/number.h"

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
    {409, "Conflict"},
    {410, "Gone"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Content"},
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

/* One "200" or "301-302" of a list; moves ${*list} behind it and its comma. */
static bool read_span(const char **list, int64_t *low, int64_t *high)
{
    char text[16];
    size_t length = strcspn(*list, ",");
    if (length == 0 || length >= sizeof text)
        return false;
    memcpy(text, *list, length);
    text[length] = '\0';
    char *dash = strchr(text, '-');
    if (dash)
        *dash = '\0';
    *list += length + ((*list)[length] == ',' && (*list)[length + 1] != '\0');
    return number_read_whole(text, 100, 999, low) &&
           number_read_whole(dash ? dash + 1 : text, 100, 999, high) && *low <= *high;
}

bool http_status_list_check(const char *list)
{
    int64_t low, high;
    if (*list == '\0')
        return false;
    while (*list)
        if (!read_span(&list, &low, &high))
            return false;
    return true;
}

bool http_status_listed(const char *list, int status)
{
    int64_t low, high;
    while (*list && read_span(&list, &low, &high))
        if (status >= low && status <= high)
            return true;
    return false;
}
