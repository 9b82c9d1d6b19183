/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where HAProxy's statistics come from: haproxy_read of haproxy.h. */
#include "collectors/haproxy.h"

#include "collectors/file.h"
#include "collectors/http.h"
#include "collectors/http_status.h"

static enum source_end fetch_url(const struct haproxy_source *source, struct arena *arena, struct text *text,
                                 const char **where, struct error *error)
{
    struct http_response response;
    const struct http_request request = {.url = source->url,
                                         .user = source->user,
                                         .password = source->password,
                                         .ca_file = source->ca_file,
                                         .insecure = source->insecure,
                                         .family = source->family,
                                         .deadline = source->deadline};
    enum source_end end = http_fetch(&request, &response, error);
    if (end == SOURCE_READ && response.status == 200) {
        text_add_bytes(text, response.body.bytes, response.body.length);
        *where = arena_text(arena, response.url);
    } else if (end == SOURCE_READ) {
        end = http_status_end(response.status);
        (void)error_set(error, "status %d %s from \"%s\"", response.status, http_status_name(response.status),
                        response.url);
    }
    http_release(&response);
    return end;
}

enum source_end haproxy_fetch(const struct haproxy_source *source, struct arena *arena, struct text *text,
                              const char **where, struct error *error)
{
    if (source->url)
        return fetch_url(source, arena, text, where, error);
    *where = source->socket ? source->socket : source->file;
    if (source->socket)
        return file_ask(source->socket, "show stat\n", text, source->deadline, error);
    return file_read("", source->file, text, error) ? SOURCE_READ : SOURCE_UNREADABLE;
}

/* The socket closes its answer with an empty line: without it the answer is cut, wherever that was. */
static bool is_whole(const struct haproxy_source *source, const struct text *answer)
{
    return !source->socket ||
           (answer->length >= 2 && memcmp(answer->bytes + answer->length - 2, "\n\n", 2) == 0);
}

static enum source_end parse(const struct haproxy_source *source, const struct text *text, const char *where,
                             struct arena *arena, struct haproxy_table *table, struct error *error)
{
    bool parsed = haproxy_parse(text->bytes, text->length, arena, table, error);
    if (parsed && is_whole(source, text))
        return SOURCE_READ;
    if (parsed)
        (void)error_set(error, "the answer is cut off: it lacks its empty last line");
    (void)error_prefix(error, "\"%s\"", where);
    return SOURCE_UNREADABLE;
}

enum source_end haproxy_read(const struct haproxy_source *source, struct arena *arena,
                             struct haproxy_table *table, double *seconds, struct error *error)
{
    struct timespec begin, end;
    struct text text = TEXT_INIT;
    const char *where = NULL;
    (void)clock_gettime(CLOCK_MONOTONIC, &begin);
    enum source_end result = haproxy_fetch(source, arena, &text, &where, error);
    if (result == SOURCE_READ)
        result = parse(source, &text, where, arena, table, error);
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    *seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
    text_release(&text);
    return result;
}
