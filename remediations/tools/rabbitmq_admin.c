/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "remediations/tools/rabbitmq_admin.h"

#include "collectors/http.h"
#include "collectors/http_status.h"
#include "collectors/rabbitmq_json.h"

#include <math.h>

enum { REASON_CAP = 65536 };

bool rabbitmq_admin_check(const struct rabbitmq_options *options, const struct act_place *place,
                          struct error *error)
{
    const struct run run = {.host = place->host, .port = place->port};
    return rabbitmq_options_check(options, &run, error);
}

bool rabbitmq_admin_open(const struct rabbitmq_options *options, const struct act_place *place,
                         const struct act_run *run, struct rabbitmq_access *access, struct error *error)
{
    const struct run as_run = act_as_run(run, place);
    return rabbitmq_options_open(options, &as_run, access, error);
}

const char *rabbitmq_admin_queue_path(const char *vhost, const char *queue, struct arena *arena)
{
    struct text path = TEXT_INIT;
    text_add(&path, "/api/queues/");
    rabbitmq_add_name(&path, vhost);
    text_add_char(&path, '/');
    rabbitmq_add_name(&path, queue);
    const char *kept = arena_text(arena, path.bytes);
    text_release(&path);
    return kept;
}

bool rabbitmq_admin_check_queue(const char *name, struct error *error)
{
    if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return error_set(error, "not a queue that a path can name: \"%s\"", name);
    return true;
}

/* {"error":"bad_request","reason":"406 PRECONDITION_FAILED - queue 'x' in vhost '/' in use"} */
static void explain(const struct rabbitmq_source *source, const struct http_response *response,
                    struct error *error)
{
    json_error_t unused;
    size_t length = response->body.length < REASON_CAP ? response->body.length : 0;
    json_t *json = json_loadb(response->body.bytes, length, 0, &unused);
    const char *reason = json_string_value(json_object_get(json, "reason"));
    if (response->status == 401 || response->status == 403)
        (void)error_set(error, "user \"%s\" is refused: status %d from \"%s\"%s%.200s", source->user,
                        response->status, response->url, reason ? ": " : "", reason ? reason : "");
    else
        (void)error_set(error, "status %d %s from \"%s\"%s%.200s", response->status,
                        http_status_name(response->status), response->url, reason ? ": " : "",
                        reason ? reason : "");
    json_decref(json);
}

/* ${body}, ${missing}: may be NULL. */
static bool request(const struct rabbitmq_source *source, const char *method, const char *path,
                    const char *header, struct text *body, bool *missing, struct error *error)
{
    struct text url = TEXT_INIT;
    struct http_response response;
    text_format(&url, "%s%s", source->url, path);
    struct http_request asked = rabbitmq_request(source, url.bytes);
    asked.method = method;
    asked.headers = &header;
    asked.header_count = header ? 1 : 0;
    bool ok = http_fetch(&asked, &response, error) == SOURCE_READ;
    if (ok && missing)
        *missing = response.status == 404;
    if (ok && (response.status < 200 || response.status > 299) && !(missing && *missing)) {
        explain(source, &response, error);
        ok = false;
    }
    if (ok && body)
        text_add_bytes(body, response.body.bytes, response.body.length);
    http_release(&response);
    text_release(&url);
    return ok;
}

bool rabbitmq_admin_get(const struct rabbitmq_source *source, const char *path, struct text *body,
                        bool *missing, struct error *error)
{
    return request(source, NULL, path, NULL, body, missing, error);
}

bool rabbitmq_admin_list(const struct rabbitmq_source *source, const char *path, const char *name,
                         struct text *list, struct error *error)
{
    struct text whole = TEXT_INIT, body = TEXT_INIT;
    bool gone = false;
    text_add(&whole, path);
    rabbitmq_add_name(&whole, name);
    bool ok = rabbitmq_admin_get(source, whole.bytes, &body, &gone, error);
    if (ok && !gone)
        text_format(list, "%s%s", list->length ? ",\n" : "[", body.bytes);
    text_release(&body);
    text_release(&whole);
    return ok;
}

bool rabbitmq_admin_delete(const struct rabbitmq_source *source, const char *path, const char *why,
                           struct error *error)
{
    struct text header = TEXT_INIT;
    text_format(&header, "X-Reason: %s", why ? why : "");
    bool ok = request(source, "DELETE", path, why ? header.bytes : NULL, NULL, NULL, error);
    text_release(&header);
    return ok;
}

/* ---- consumers ---- */

bool rabbitmq_consumers_parse(const char *bytes, size_t length, struct arena *arena,
                              struct rabbitmq_consumers *consumers, struct error *error)
{
    json_t *json = rabbitmq_json_read(bytes, length, error);
    const json_t *rows = json_object_get(json, "consumer_details");
    bool ok = json != NULL;
    consumers->count = 0;
    if (json && !json_is_array(rows))
        ok = error_set(error, "the answer does not tell the consumers of the queue");
    else if (json_array_size(rows) > RABBITMQ_CONSUMERS_CAP)
        ok = error_set(error, "the queue has %zu consumers: too many to tell them apart",
                       json_array_size(rows));
    for (size_t i = 0; ok && i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        struct rabbitmq_consumer_row *consumer = &consumers->items[consumers->count++];
        *consumer = (struct rabbitmq_consumer_row){
            .connection = rabbitmq_json_text(row, "channel_details.connection_name", arena),
            .channel = rabbitmq_json_text(row, "channel_details.name", arena),
            .peer = rabbitmq_json_text(row, "channel_details.peer_host", arena),
            .unacknowledged = (double)NAN,
        };
        if (!*consumer->connection || !*consumer->channel)
            ok = error_set(error, "the answer has a consumer without the name of its connection");
    }
    json_decref(json);
    return ok;
}

static bool read_channel(const struct rabbitmq_source *source, struct rabbitmq_consumer_row *consumer,
                         bool *gone, struct error *error)
{
    struct text path = TEXT_INIT, body = TEXT_INIT;
    json_t *json = NULL;
    text_add(&path, "/api/channels/");
    rabbitmq_add_name(&path, consumer->channel);
    bool ok = rabbitmq_admin_get(source, path.bytes, &body, gone, error);
    if (ok && !*gone) {
        json = rabbitmq_json_read(body.bytes, body.length, error);
        ok = json != NULL;
    }
    if (json) {
        consumer->unacknowledged = rabbitmq_json_number(json, "messages_unacknowledged");
        consumer->acknowledged = rabbitmq_json_number(json, "message_stats.ack");
        if (isnan(consumer->acknowledged))
            consumer->acknowledged = 0;
    }
    json_decref(json);
    text_release(&body);
    text_release(&path);
    return ok;
}

bool rabbitmq_consumers_read(const struct rabbitmq_source *source, const char *vhost, const char *queue,
                             struct arena *arena, struct rabbitmq_consumers *consumers, struct error *error)
{
    struct text body = TEXT_INIT;
    size_t kept = 0;
    bool ok =
        rabbitmq_admin_get(source, rabbitmq_admin_queue_path(vhost, queue, arena), &body, NULL, error) &&
        rabbitmq_consumers_parse(body.bytes, body.length, arena, consumers, error);
    for (size_t i = 0; ok && i < consumers->count; i++) {
        bool gone = false;
        ok = read_channel(source, &consumers->items[i], &gone, error);
        if (ok && !gone)
            consumers->items[kept++] = consumers->items[i];
    }
    consumers->count = ok ? kept : 0;
    text_release(&body);
    return ok;
}
