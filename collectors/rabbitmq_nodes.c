/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes, overview and health checks of RabbitMQ, as rabbitmq.h describes them. */
#include "collectors/rabbitmq.h"

#include "collectors/rabbitmq_json.h"

#include <math.h>

static const char *const node_paths[RABBITMQ_NODE_NUMBER_COUNT] = {
    [RABBITMQ_NODE_MEMORY] = "mem_used",      [RABBITMQ_NODE_MEMORY_LIMIT] = "mem_limit",
    [RABBITMQ_NODE_DISK_FREE] = "disk_free",  [RABBITMQ_NODE_DISK_LIMIT] = "disk_free_limit",
    [RABBITMQ_NODE_FILES] = "fd_used",        [RABBITMQ_NODE_FILES_LIMIT] = "fd_total",
    [RABBITMQ_NODE_SOCKETS] = "sockets_used", [RABBITMQ_NODE_SOCKETS_LIMIT] = "sockets_total",
    [RABBITMQ_NODE_PROCESSES] = "proc_used",  [RABBITMQ_NODE_PROCESSES_LIMIT] = "proc_total",
    [RABBITMQ_NODE_RUN_QUEUE] = "run_queue",  [RABBITMQ_NODE_UPTIME] = "uptime",
};

static enum rabbitmq_flag flag(const json_t *json, const char *name)
{
    const json_t *found = json_object_get(json, name);
    return json_is_true(found) ? RABBITMQ_YES : json_is_false(found) ? RABBITMQ_NO : RABBITMQ_NOT_TOLD;
}

static bool read_node(const json_t *json, struct arena *arena, struct rabbitmq_node *node,
                      struct error *error)
{
    if (!json_is_object(json) || !json_is_string(json_object_get(json, "name")))
        return error_set(error, "the answer has a node without a name");
    const json_t *partitions = json_object_get(json, "partitions");
    *node = (struct rabbitmq_node){
        .name = rabbitmq_json_text(json, "name", arena),
        .running = json_is_true(json_object_get(json, "running")),
        .memory_alarm = flag(json, "mem_alarm"),
        .disk_alarm = flag(json, "disk_free_alarm"),
        .partitions = json_is_array(partitions) ? (double)json_array_size(partitions) : (double)NAN,
        .parted_from = rabbitmq_json_names(partitions, arena),
    };
    for (size_t i = 0; i < RABBITMQ_NODE_NUMBER_COUNT; i++)
        node->numbers[i] = rabbitmq_json_number(json, node_paths[i]);
    return true;
}

static bool read_nodes(const json_t *json, struct arena *arena, struct rabbitmq_nodes *nodes,
                       struct error *error)
{
    bool is_list = json_is_array(json);
    nodes->count = is_list ? json_array_size(json) : 1;
    if (nodes->count == 0)
        return error_set(error, "the answer has no nodes");
    nodes->items = arena_get(arena, nodes->count, sizeof *nodes->items);
    for (size_t i = 0; i < nodes->count; i++)
        if (!read_node(is_list ? json_array_get(json, i) : json, arena, &nodes->items[i], error))
            return false;
    return true;
}

bool rabbitmq_nodes_parse(const char *bytes, size_t length, struct arena *arena, struct rabbitmq_nodes *nodes,
                          struct error *error)
{
    json_t *json = rabbitmq_json_read(bytes, length, error);
    bool done = json && read_nodes(json, arena, nodes, error);
    json_decref(json);
    return done;
}

static const char *const overview_paths[RABBITMQ_OVERVIEW_NUMBER_COUNT] = {
    [RABBITMQ_OVERVIEW_MESSAGES] = "queue_totals.messages",
    [RABBITMQ_OVERVIEW_READY] = "queue_totals.messages_ready",
    [RABBITMQ_OVERVIEW_UNACKNOWLEDGED] = "queue_totals.messages_unacknowledged",
    [RABBITMQ_OVERVIEW_PUBLISH_RATE] = "message_stats.publish_details.rate",
    [RABBITMQ_OVERVIEW_DELIVER_RATE] = "message_stats.deliver_get_details.rate",
    [RABBITMQ_OVERVIEW_PUBLISHED] = "message_stats.publish",
    [RABBITMQ_OVERVIEW_DELIVERED] = "message_stats.deliver_get",
    [RABBITMQ_OVERVIEW_QUEUES] = "object_totals.queues",
    [RABBITMQ_OVERVIEW_CONSUMERS] = "object_totals.consumers",
    [RABBITMQ_OVERVIEW_CONNECTIONS] = "object_totals.connections",
    [RABBITMQ_OVERVIEW_CHANNELS] = "object_totals.channels",
    [RABBITMQ_OVERVIEW_EXCHANGES] = "object_totals.exchanges",
};

/* A broker without queues leaves its totals out. */
static void fill_empty(struct rabbitmq_overview *overview)
{
    double *numbers = overview->numbers;
    if (!isnan(numbers[RABBITMQ_OVERVIEW_MESSAGES]) || fabs(numbers[RABBITMQ_OVERVIEW_QUEUES]) > 0 ||
        isnan(numbers[RABBITMQ_OVERVIEW_QUEUES]))
        return;
    numbers[RABBITMQ_OVERVIEW_MESSAGES] = 0;
    numbers[RABBITMQ_OVERVIEW_READY] = 0;
    numbers[RABBITMQ_OVERVIEW_UNACKNOWLEDGED] = 0;
}

bool rabbitmq_overview_parse(const char *bytes, size_t length, struct arena *arena,
                             struct rabbitmq_overview *overview, struct error *error)
{
    json_t *json = rabbitmq_json_read(bytes, length, error);
    bool done = json_is_object(json) && json_is_object(json_object_get(json, "object_totals"));
    if (json && !done)
        (void)error_set(error, "the answer is no overview of RabbitMQ: it lacks \"object_totals\"");
    if (done) {
        *overview = (struct rabbitmq_overview){.version = rabbitmq_json_text(json, "rabbitmq_version", arena),
                                               .node = rabbitmq_json_text(json, "node", arena),
                                               .cluster = rabbitmq_json_text(json, "cluster_name", arena)};
        for (size_t i = 0; i < RABBITMQ_OVERVIEW_NUMBER_COUNT; i++)
            overview->numbers[i] = rabbitmq_json_number(json, overview_paths[i]);
        fill_empty(overview);
    }
    json_decref(json);
    return done;
}

static void read_alarms(const json_t *alarms, struct arena *arena, struct rabbitmq_health *health)
{
    size_t count = json_array_size(alarms);
    if (count == 0)
        return;
    health->alarms.items = arena_get(arena, count, sizeof *health->alarms.items);
    health->alarms.count = count;
    for (size_t i = 0; i < count; i++) {
        const json_t *alarm = json_array_get(alarms, i);
        health->alarms.items[i] = (struct rabbitmq_alarm){rabbitmq_json_text(alarm, "node", arena),
                                                          rabbitmq_json_text(alarm, "resource", arena)};
    }
}

bool rabbitmq_health_parse(const char *bytes, size_t length, struct arena *arena,
                           struct rabbitmq_health *health, struct error *error)
{
    json_t *json = rabbitmq_json_read(bytes, length, error);
    const json_t *status = json_object_get(json, "status");
    bool done = json_is_string(status);
    if (json && !done)
        (void)error_set(error, "the answer is no health check of RabbitMQ: it lacks \"status\"");
    if (done) {
        *health = (struct rabbitmq_health){.offered = true,
                                           .failed = strcmp(json_string_value(status), "ok") != 0,
                                           .reason = rabbitmq_json_text(json, "reason", arena)};
        health->queues = rabbitmq_json_names(json_object_get(json, "queues"), arena);
        read_alarms(json_object_get(json, "alarms"), arena, health);
    }
    json_decref(json);
    return done;
}
