/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/nginx.h"

#include "collectors/proc.h"

#include <string.h>

static bool is_dash(struct nginx_word word)
{
    return word.length == 1 && *word.at == '-';
}

static bool next_word(const char **at, const char *end, struct nginx_word *word)
{
    return proc_word(at, end, &word->at, &word->length);
}

/* What stands between quotes; a backslash takes the byte behind it along. ${*at} moves behind the last quote. */
static bool next_quoted(const char **at, const char *end, struct nginx_word *word)
{
    while (*at < end && **at == ' ')
        ++*at;
    if (*at == end || **at != '"')
        return false;
    word->at = ++*at;
    while (*at < end && **at != '"')
        *at += **at == '\\' && end - *at > 1 ? 2 : 1;
    if (*at == end)
        return false;
    word->length = (size_t)(*at - word->at);
    ++*at;
    return true;
}

static bool next_field(const char **at, const char *end, struct nginx_word *word)
{
    return next_quoted(at, end, word) || next_word(at, end, word);
}

/* "address - user" or "server address - user"; a user's name may hold blanks. */
static bool read_client(const char *at, const char *end, struct nginx_word *server)
{
    struct nginx_word first, second, third = {"", 0};
    if (!next_word(&at, end, &first) || !next_word(&at, end, &second) || !next_word(&at, end, &third))
        return false;
    if (!is_dash(second) && is_dash(third))
        *server = first;
    return true;
}

static void read_request(struct nginx_word request, struct nginx_word *url)
{
    const char *at = request.at, *end = request.at + request.length;
    struct nginx_word method, found;
    *url = (struct nginx_word){"-", 1};
    if (!next_word(&at, end, &method) || !next_word(&at, end, &found))
        return;
    const char *question = memchr(found.at, '?', found.length);
    *url = found;
    if (question)
        url->length = (size_t)(question - found.at);
}

static bool read_status(const char **at, const char *end, struct nginx_line *parsed)
{
    struct nginx_word word, size;
    uint64_t value;
    if (!next_word(at, end, &word) || word.length != 3 || !proc_count(word.at, word.length, &value) ||
        !next_word(at, end, &size) || (!is_dash(size) && !proc_count(size.at, size.length, &(uint64_t){0})))
        return false;
    parsed->code = word;
    parsed->status = (int)value;
    return value >= 100;
}

bool nginx_parse(const char *line, size_t length, int64_t server_field, struct nginx_line *parsed)
{
    const char *end = line + length, *at;
    struct nginx_word request, field = {"", 0};
    *parsed = (struct nginx_line){.server = {"", 0}};
    const char *time = memmem(line, length, " [", 2);
    if (!time || !read_client(line, time, &parsed->server))
        return false;
    at = memchr(time, ']', (size_t)(end - time));
    if (!at)
        return false;
    at++;
    if (!next_quoted(&at, end, &request) || !read_status(&at, end, parsed))
        return false;
    read_request(request, &parsed->url);
    if (server_field == 0)
        return true;
    for (int64_t i = 0; i < 2 + server_field; i++) /* behind the referer and the agent */
        if (!next_field(&at, end, &field))
            return false;
    parsed->server = field;
    return true;
}
