/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking RabbitMQ's management: the readers of rabbitmq.h. */
#include "collectors/http.h"
#include "collectors/http_status.h"
#include "collectors/rabbitmq.h"
#include "collectors/rabbitmq_json.h"

#include <ctype.h>

/* 4 MB hold 5000 queues with all of their members; here only those below are asked for, 500 queues at a time. */
enum { BODY_CAP = 4 << 20, PAGE_SIZE = 500 };

static const char columns[] =
    "columns=name,vhost,type,state,node,messages,messages_ready,messages_unacknowledged,consumers,memory,"
    "message_bytes,idle_since,head_message_timestamp,members,online,message_stats.publish,"
    "message_stats.publish_details.rate,message_stats.deliver_get,message_stats.deliver_get_details.rate,"
    "message_stats.ack_details.rate";

struct answer {
    struct http_response response;
    bool is_missing; /* 404 */
};

struct http_request rabbitmq_request(const struct rabbitmq_source *source, const char *url)
{
    return (struct http_request){.url = url,
                                 .user = source->user,
                                 .password = source->password,
                                 .ca_file = source->ca_file,
                                 .insecure = source->insecure,
                                 .family = source->family,
                                 .deadline = source->deadline,
                                 .body_cap = BODY_CAP};
}

void rabbitmq_add_name(struct text *path, const char *name)
{
    for (; *name; name++) {
        unsigned char byte = (unsigned char)*name;
        if (byte < 0x80 && (isalnum(byte) || strchr("-._~", byte)))
            text_add_char(path, (char)byte);
        else
            text_format(path, "%%%02X", byte);
    }
}

/* {"error":"not_authorized","reason":"Login failed"}; the body may be empty or the page of a proxy. */
static void add_reason(const struct http_response *response, struct error *error)
{
    json_error_t unused;
    json_t *json = json_loadb(response->body.bytes, response->body.length < 65536 ? response->body.length : 0,
                              0, &unused);
    const char *reason = json_string_value(json_object_get(json, "reason"));
    if (reason) {
        struct error whole = *error;
        (void)error_set(error, "%s: %s", whole.text, reason);
    }
    json_decref(json);
}

static enum source_end refuse(const struct rabbitmq_source *source, const struct http_response *response,
                              struct error *error)
{
    if (response->status == 401 || response->status == 403)
        (void)error_set(error, "user \"%s\" is refused: status %d from \"%s\"", source->user,
                        response->status, response->url);
    else
        (void)error_set(error, "status %d %s from \"%s\"", response->status,
                        http_status_name(response->status), response->url);
    add_reason(response, error);
    return http_status_end(response->status);
}

/* The query is long, and the same in every run: not for a text. */
static void shorten(char *url)
{
    char *query = url ? strchr(url, '?') : NULL;
    if (query)
        *query = '\0';
}

/* ${also}: a further status that is an answer. */
static enum source_end get(const struct rabbitmq_source *source, const char *path, int also,
                           struct answer *answer, struct error *error)
{
    struct text url = TEXT_INIT;
    text_format(&url, "%s%s", source->url, path);
    const struct http_request request = rabbitmq_request(source, url.bytes);
    enum source_end end = http_fetch(&request, &answer->response, error);
    int status = answer->response.status;
    shorten(answer->response.url);
    answer->is_missing = end == SOURCE_READ && status == 404;
    if (end == SOURCE_READ && status != 200 && status != 404 && status != also)
        end = refuse(source, &answer->response, error);
    text_release(&url);
    return end;
}

/* What a 404 means where the path is one that every server has. */
static enum source_end not_there(const struct answer *answer, struct error *error)
{
    (void)error_set(error, "status 404 from \"%s\": no RabbitMQ management, or one without this page",
                    answer->response.url);
    return SOURCE_UNREADABLE;
}

static enum source_end ended(bool parsed, const struct answer *answer, struct error *error)
{
    if (!parsed)
        (void)error_prefix(error, "\"%s\"", answer->response.url);
    return parsed ? SOURCE_READ : SOURCE_UNREADABLE;
}

enum source_end rabbitmq_read_overview(const struct rabbitmq_source *source, struct arena *arena,
                                       struct rabbitmq_overview *overview, struct error *error)
{
    struct answer answer;
    enum source_end end = get(source, "/api/overview", 0, &answer, error);
    const struct text *body = &answer.response.body;
    if (end == SOURCE_READ && answer.is_missing)
        end = not_there(&answer, error);
    else if (end == SOURCE_READ)
        end =
            ended(rabbitmq_overview_parse(body->bytes, body->length, arena, overview, error), &answer, error);
    http_release(&answer.response);
    return end;
}

/* The page of one node that is not known answers 500, so that one is sought in the list. */
static bool keep_node(struct rabbitmq_nodes *nodes, const char *name, struct error *error)
{
    for (size_t i = 0; i < nodes->count; i++)
        if (strcmp(nodes->items[i].name, name) == 0) {
            *nodes = (struct rabbitmq_nodes){&nodes->items[i], 1};
            return true;
        }
    return error_set(error, "there is no node \"%s\" in the cluster", name);
}

enum source_end rabbitmq_read_nodes(const struct rabbitmq_source *source, const char *name,
                                    struct arena *arena, struct rabbitmq_nodes *nodes, struct error *error)
{
    struct answer answer;
    enum source_end end = get(source, "/api/nodes", 0, &answer, error);
    const struct text *body = &answer.response.body;
    if (end == SOURCE_READ && answer.is_missing)
        end = not_there(&answer, error);
    else if (end == SOURCE_READ)
        end = ended(rabbitmq_nodes_parse(body->bytes, body->length, arena, nodes, error), &answer, error);
    if (end == SOURCE_READ && name && !keep_node(nodes, name, error))
        end = SOURCE_UNREADABLE;
    http_release(&answer.response);
    return end;
}

enum source_end rabbitmq_read_health(const struct rabbitmq_source *source, const char *check,
                                     struct arena *arena, struct rabbitmq_health *health, struct error *error)
{
    struct answer answer;
    enum source_end end =
        get(source, arena_format(arena, "/api/health/checks/%s", check), 503, &answer, error);
    const struct text *body = &answer.response.body;
    *health = (struct rabbitmq_health){.reason = "", .queues = ""};
    if (end == SOURCE_READ && !answer.is_missing &&
        !rabbitmq_health_parse(body->bytes, body->length, arena, health, error)) {
        /* A 503 without RabbitMQ's JSON comes from a proxy before it. */
        end = answer.response.status == 503 ? refuse(source, &answer.response, error)
                                            : ended(false, &answer, error);
    }
    http_release(&answer.response);
    return end;
}

/* One page of a listing; ${filter} is a further part of the query. */
static enum source_end read_page(const struct rabbitmq_source *source, const char *vhost, const char *filter,
                                 int64_t page, struct arena *arena, struct rabbitmq_queues *queues,
                                 struct error *error)
{
    struct answer answer;
    struct text path = TEXT_INIT;
    text_add(&path, "/api/queues");
    if (vhost) {
        text_add_char(&path, '/');
        rabbitmq_add_name(&path, vhost);
    }
    text_format(&path, "?page=%lld&page_size=%d%s&%s", (long long)page, PAGE_SIZE, filter, columns);
    enum source_end end = get(source, path.bytes, 0, &answer, error);
    const struct text *body = &answer.response.body;
    if (end == SOURCE_READ && answer.is_missing && vhost) {
        (void)error_set(error, "there is no vhost \"%s\"", vhost);
        end = SOURCE_UNREADABLE;
    } else if (end == SOURCE_READ && answer.is_missing) {
        end = not_there(&answer, error);
    } else if (end == SOURCE_READ) {
        end = ended(rabbitmq_queues_add(queues, body->bytes, body->length, arena, error), &answer, error);
    }
    http_release(&answer.response);
    text_release(&path);
    return end;
}

enum source_end rabbitmq_read_queues(const struct rabbitmq_source *source, const char *vhost,
                                     struct arena *arena, struct rabbitmq_queues *queues, struct error *error)
{
    enum source_end end;
    int64_t page = 0;
    *queues = (struct rabbitmq_queues){.pages = 1};
    do
        end = read_page(source, vhost, "", ++page, arena, queues, error);
    while (end == SOURCE_READ && page < queues->pages);
    return end;
}

/* In a listing that is narrowed to the names that hold ${name}. */
static enum source_end find_queue(const struct rabbitmq_source *source, const char *vhost, const char *name,
                                  struct arena *arena, struct rabbitmq_queues *queues, struct error *error)
{
    struct rabbitmq_queues all = {.pages = 1};
    struct text filter = TEXT_INIT;
    enum source_end end;
    int64_t page = 0;
    *queues = all;
    text_add(&filter, "&name=");
    rabbitmq_add_name(&filter, name);
    do
        end = read_page(source, vhost, filter.bytes, ++page, arena, &all, error);
    while (end == SOURCE_READ && page < all.pages);
    for (size_t i = 0; end == SOURCE_READ && i < all.count; i++)
        if (strcmp(all.items[i].name, name) == 0)
            *queues = (struct rabbitmq_queues){&all.items[i], 1, 1, 1};
    text_release(&filter);
    return end;
}

/* Whether the answer is about that queue: the path of one named ".." is that of all queues. */
static bool is_alone(const struct rabbitmq_queues *queues, const char *name)
{
    return queues->count == 1 && strcmp(queues->items[0].name, name) == 0;
}

enum source_end rabbitmq_read_queue(const struct rabbitmq_source *source, const char *vhost, const char *name,
                                    struct arena *arena, struct rabbitmq_queues *queues, struct error *error)
{
    struct answer answer;
    struct text path = TEXT_INIT;
    *queues = (struct rabbitmq_queues){.pages = 1};
    text_add(&path, "/api/queues/");
    rabbitmq_add_name(&path, vhost);
    text_add_char(&path, '/');
    rabbitmq_add_name(&path, name);
    enum source_end end = get(source, path.bytes, 0, &answer, error);
    const struct text *body = &answer.response.body;
    if (end == SOURCE_READ && !answer.is_missing)
        end = ended(rabbitmq_queues_add(queues, body->bytes, body->length, arena, error), &answer, error);
    http_release(&answer.response);
    text_release(&path);
    if (end == SOURCE_READ && (answer.is_missing || !is_alone(queues, name)))
        end = find_queue(source, vhost, name, arena, queues, error);
    return end;
}
