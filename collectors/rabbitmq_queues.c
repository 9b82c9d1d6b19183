/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Queues of RabbitMQ: rabbitmq_queues_add of rabbitmq.h. */
#include "collectors/rabbitmq.h"

#include "collectors/rabbitmq_json.h"
#include "lib/number.h"

#include <math.h>

static const char *const paths[RABBITMQ_QUEUE_NUMBER_COUNT] = {
    [RABBITMQ_QUEUE_MESSAGES] = "messages",
    [RABBITMQ_QUEUE_READY] = "messages_ready",
    [RABBITMQ_QUEUE_UNACKNOWLEDGED] = "messages_unacknowledged",
    [RABBITMQ_QUEUE_CONSUMERS] = "consumers",
    [RABBITMQ_QUEUE_MEMORY] = "memory",
    [RABBITMQ_QUEUE_BYTES] = "message_bytes",
    [RABBITMQ_QUEUE_PUBLISH_RATE] = "message_stats.publish_details.rate",
    [RABBITMQ_QUEUE_DELIVER_RATE] = "message_stats.deliver_get_details.rate",
    [RABBITMQ_QUEUE_ACK_RATE] = "message_stats.ack_details.rate",
    [RABBITMQ_QUEUE_PUBLISHED] = "message_stats.publish",
    [RABBITMQ_QUEUE_DELIVERED] = "message_stats.deliver_get",
    [RABBITMQ_QUEUE_OLDEST] = "head_message_timestamp",
};

bool rabbitmq_state_is_bad(const char *state)
{
    static const char *const bad[] = {"down", "minority", "crashed", "stopped"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (strcmp(state, bad[i]) == 0)
            return true;
    return false;
}

static bool has_name(const json_t *list, const char *name)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *item = json_string_value(json_array_get(list, i));
        if (item && strcmp(item, name) == 0)
            return true;
    }
    return false;
}

static void read_replicas(const json_t *json, struct arena *arena, struct rabbitmq_queue *queue)
{
    const json_t *members = json_object_get(json, "members"), *online = json_object_get(json, "online");
    struct text missing = TEXT_INIT;
    queue->members = queue->online = (double)NAN;
    if (json_is_array(members) && json_is_array(online)) {
        queue->members = (double)json_array_size(members);
        queue->online = (double)json_array_size(online);
    }
    for (size_t i = 0; !isnan(queue->members) && i < json_array_size(members); i++) {
        const char *name = json_string_value(json_array_get(members, i));
        if (name && !has_name(online, name))
            text_format(&missing, "%s%s", missing.length ? ", " : "", name);
    }
    queue->missing = arena_text_of(arena, missing.bytes, missing.length);
    text_release(&missing);
}

/* Without any statistics of its messages a queue had no traffic, if the server says that it is idle; with some of
 * them, what is not there did not happen. Else it is not known: the statistics may be turned off. */
static void fill_idle_rates(const json_t *json, struct rabbitmq_queue *queue)
{
    static const enum rabbitmq_queue_number rates[] = {RABBITMQ_QUEUE_PUBLISH_RATE,
                                                       RABBITMQ_QUEUE_DELIVER_RATE, RABBITMQ_QUEUE_ACK_RATE};
    const json_t *statistics = json_object_get(json, "message_stats");
    const json_t *idle_since = json_object_get(json, "idle_since");
    bool is_idle = json_is_string(idle_since) && *json_string_value(idle_since);
    bool quiet = json_object_size(statistics) > 0 || is_idle;
    for (size_t i = 0; quiet && i < sizeof rates / sizeof rates[0]; i++)
        if (isnan(queue->numbers[rates[i]]))
            queue->numbers[rates[i]] = 0;
}

static bool read_queue(const json_t *json, struct arena *arena, struct rabbitmq_queue *queue,
                       struct error *error)
{
    if (!json_is_object(json) || !json_is_string(json_object_get(json, "name")))
        return error_set(error, "the answer has a queue without a name");
    *queue = (struct rabbitmq_queue){.name = rabbitmq_json_text(json, "name", arena),
                                     .vhost = rabbitmq_json_text(json, "vhost", arena),
                                     .type = rabbitmq_json_text(json, "type", arena),
                                     .state = rabbitmq_json_text(json, "state", arena),
                                     .node = rabbitmq_json_text(json, "node", arena)};
    for (size_t i = 0; i < RABBITMQ_QUEUE_NUMBER_COUNT; i++)
        queue->numbers[i] = rabbitmq_json_number(json, paths[i]);
    read_replicas(json, arena, queue);
    fill_idle_rates(json, queue);
    return true;
}

static void make_room(struct rabbitmq_queues *queues, size_t more, struct arena *arena)
{
    if (queues->count + more <= queues->room)
        return;
    size_t room = queues->room * 2 > queues->count + more ? queues->room * 2 : queues->count + more;
    struct rabbitmq_queue *grown = arena_get(arena, room, sizeof *grown);
    if (queues->count)
        memcpy(grown, queues->items, queues->count * sizeof *grown);
    queues->items = grown;
    queues->room = room;
}

static bool add_all(struct rabbitmq_queues *queues, const json_t *array, struct arena *arena,
                    struct error *error)
{
    if (queues->count + json_array_size(array) > RABBITMQ_QUEUES_CAP)
        return error_set(error, "there are more than %d queues: ask for one vhost alone",
                         RABBITMQ_QUEUES_CAP);
    make_room(queues, json_array_size(array), arena);
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (!read_queue(json_array_get(array, i), arena, &queues->items[queues->count], error))
            return false;
        queues->count++;
    }
    return true;
}

/* {"page":1,"page_count":3,"items":[...]} */
static bool add_page(struct rabbitmq_queues *queues, const json_t *page, struct arena *arena,
                     struct error *error)
{
    double pages = rabbitmq_json_number(page, "page_count");
    if (!(pages >= 0 && pages <= 1000))
        return error_set(error, "the answer has a page without a number of pages that can be");
    queues->pages = (int64_t)pages;
    return add_all(queues, json_object_get(page, "items"), arena, error);
}

static bool add_one(struct rabbitmq_queues *queues, json_t *queue, struct arena *arena, struct error *error)
{
    json_t *array = json_array();
    bool done = array && json_array_append(array, queue) == 0 && add_all(queues, array, arena, error);
    json_decref(array);
    return done;
}

bool rabbitmq_queues_add(struct rabbitmq_queues *queues, const char *bytes, size_t length,
                         struct arena *arena, struct error *error)
{
    json_t *json = rabbitmq_json_read(bytes, length, error);
    bool done = false;
    if (!json)
        return false;
    queues->pages = 1;
    if (json_is_array(json))
        done = add_all(queues, json, arena, error);
    else if (json_is_array(json_object_get(json, "items")))
        done = add_page(queues, json, arena, error);
    else
        done = add_one(queues, json, arena, error);
    json_decref(json);
    return done;
}
