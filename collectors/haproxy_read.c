/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where HAProxy's statistics come from: haproxy_read of haproxy.h. */
#include "collectors/haproxy.h"

#include "collectors/file.h"
#include "collectors/http.h"
#include "collectors/http_status.h"

static enum source_end parsed(const char *bytes, size_t length, const char *where, struct arena *arena,
                              struct haproxy_table *table, struct error *error)
{
    if (haproxy_parse(bytes, length, arena, table, error))
        return SOURCE_READ;
    (void)error_prefix(error, "\"%s\"", where);
    return SOURCE_UNREADABLE;
}

static enum source_end read_url(const struct haproxy_source *source, struct arena *arena,
                                struct haproxy_table *table, struct error *error)
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
        end = parsed(response.body.bytes, response.body.length, response.url, arena, table, error);
    } else if (end == SOURCE_READ) {
        end = http_status_end(response.status);
        (void)error_set(error, "status %d %s from \"%s\"", response.status, http_status_name(response.status),
                        response.url);
    }
    http_release(&response);
    return end;
}

/* The socket closes its answer with an empty line: without it the answer is cut, wherever that was. */
static bool is_whole(const struct text *answer)
{
    return answer->length >= 2 && memcmp(answer->bytes + answer->length - 2, "\n\n", 2) == 0;
}

static enum source_end read_socket(const struct haproxy_source *source, struct arena *arena,
                                   struct haproxy_table *table, struct error *error)
{
    struct text answer = TEXT_INIT;
    enum source_end end = file_ask(source->socket, "show stat\n", &answer, source->deadline, error);
    if (end == SOURCE_READ)
        end = parsed(answer.bytes, answer.length, source->socket, arena, table, error);
    if (end == SOURCE_READ && !is_whole(&answer)) {
        (void)error_set(error, "\"%s\": the answer is cut off: it lacks its empty last line", source->socket);
        end = SOURCE_UNREADABLE;
    }
    text_release(&answer);
    return end;
}

static enum source_end read_file(const struct haproxy_source *source, struct arena *arena,
                                 struct haproxy_table *table, struct error *error)
{
    struct text content = TEXT_INIT;
    enum source_end end = SOURCE_UNREADABLE;
    if (file_read("", source->file, &content, error))
        end = parsed(content.bytes, content.length, source->file, arena, table, error);
    text_release(&content);
    return end;
}

enum source_end haproxy_read(const struct haproxy_source *source, struct arena *arena,
                             struct haproxy_table *table, double *seconds, struct error *error)
{
    struct timespec begin, end;
    enum source_end result;
    (void)clock_gettime(CLOCK_MONOTONIC, &begin);
    if (source->url)
        result = read_url(source, arena, table, error);
    else if (source->socket)
        result = read_socket(source, arena, table, error);
    else
        result = read_file(source, arena, table, error);
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    *seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
    return result;
}
