/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every number of RabbitMQ's management: the broker, its nodes, its queues. */
#include "collectors/rabbitmq_options.h"

#include <math.h>

struct args {
    struct rabbitmq_options source;
    bool without_queues;
};

static const struct option_row options[] = {
    RABBITMQ_OPTIONS(struct args, source),
    {"without-queues", 0, FLAG(struct args, without_queues),
     .help = "Leave the queues out: there may be many."},
    {0},
};

/* One row for each number: first the broker's, then a node's, then a queue's. */
enum {
    NODE = RABBITMQ_OVERVIEW_NUMBER_COUNT,
    QUEUE = NODE + RABBITMQ_NODE_NUMBER_COUNT,
    RUNNING = QUEUE + RABBITMQ_QUEUE_NUMBER_COUNT,
    PARTITIONS,
    ALARM_MEMORY,
    ALARM_DISK,
    MEMBERS,
    ONLINE,
};

#define GAUGE(name_, help_, unit_)                                                                           \
    {                                                                                                        \
        name_, help_, unit_, .has_min = true, .graph = (name_)                                               \
    }
#define TOTAL(name_, help_)                                                                                  \
    {                                                                                                        \
        name_, help_, "", METRIC_DERIVE, .has_min = true, .graph = (name_)                                   \
    }

static const struct metric_row metrics[] = {
    [RABBITMQ_OVERVIEW_MESSAGES] = GAUGE("messages", "messages of all queues", ""),
    [RABBITMQ_OVERVIEW_READY] = GAUGE("ready", "messages of all queues that wait for a consumer", ""),
    [RABBITMQ_OVERVIEW_UNACKNOWLEDGED] =
        GAUGE("unacknowledged", "messages of all queues that are not acknowledged", ""),
    [RABBITMQ_OVERVIEW_PUBLISH_RATE] = GAUGE("publish_rate", "messages published per second", "/s"),
    [RABBITMQ_OVERVIEW_DELIVER_RATE] = GAUGE("deliver_rate", "messages delivered per second", "/s"),
    [RABBITMQ_OVERVIEW_PUBLISHED] = TOTAL("published", "messages published"),
    [RABBITMQ_OVERVIEW_DELIVERED] = TOTAL("delivered", "messages delivered"),
    [RABBITMQ_OVERVIEW_QUEUES] = GAUGE("queues", "queues", ""),
    [RABBITMQ_OVERVIEW_CONSUMERS] = GAUGE("consumers", "consumers", ""),
    [RABBITMQ_OVERVIEW_CONNECTIONS] = GAUGE("connections", "connections", ""),
    [RABBITMQ_OVERVIEW_CHANNELS] = GAUGE("channels", "channels", ""),
    [RABBITMQ_OVERVIEW_EXCHANGES] = GAUGE("exchanges", "exchanges", ""),
    [NODE + RABBITMQ_NODE_MEMORY] = GAUGE("node_memory", "memory of a node", "B"),
    [NODE + RABBITMQ_NODE_MEMORY_LIMIT] = GAUGE("node_memory_limit", "watermark of its memory", "B"),
    [NODE + RABBITMQ_NODE_DISK_FREE] = GAUGE("node_disk_free", "free space on its disk", "B"),
    [NODE + RABBITMQ_NODE_DISK_LIMIT] = GAUGE("node_disk_limit", "free space that raises an alarm", "B"),
    [NODE + RABBITMQ_NODE_FILES] = GAUGE("node_files", "file descriptors in use", ""),
    [NODE + RABBITMQ_NODE_FILES_LIMIT] = GAUGE("node_files_limit", "limit of file descriptors", ""),
    [NODE + RABBITMQ_NODE_SOCKETS] = GAUGE("node_sockets", "sockets in use", ""),
    [NODE + RABBITMQ_NODE_SOCKETS_LIMIT] = GAUGE("node_sockets_limit", "limit of sockets", ""),
    [NODE + RABBITMQ_NODE_PROCESSES] = GAUGE("node_processes", "processes of Erlang", ""),
    [NODE + RABBITMQ_NODE_PROCESSES_LIMIT] = GAUGE("node_processes_limit", "limit of processes", ""),
    [NODE + RABBITMQ_NODE_RUN_QUEUE] = GAUGE("node_run_queue", "processes that wait for a processor", ""),
    [NODE + RABBITMQ_NODE_UPTIME] = GAUGE("node_uptime", "time since the node started", "ms"),
    [QUEUE + RABBITMQ_QUEUE_MESSAGES] = GAUGE("queue_messages", "messages of a queue", ""),
    [QUEUE + RABBITMQ_QUEUE_READY] = GAUGE("queue_ready", "its messages that wait for a consumer", ""),
    [QUEUE + RABBITMQ_QUEUE_UNACKNOWLEDGED] =
        GAUGE("queue_unacknowledged", "its messages that are not acknowledged", ""),
    [QUEUE + RABBITMQ_QUEUE_CONSUMERS] = GAUGE("queue_consumers", "its consumers", ""),
    [QUEUE + RABBITMQ_QUEUE_MEMORY] = GAUGE("queue_memory", "memory of its process", "B"),
    [QUEUE + RABBITMQ_QUEUE_BYTES] = GAUGE("queue_bytes", "size of its messages' bodies", "B"),
    [QUEUE + RABBITMQ_QUEUE_PUBLISH_RATE] = GAUGE("queue_publish_rate", "published to it per second", "/s"),
    [QUEUE + RABBITMQ_QUEUE_DELIVER_RATE] = GAUGE("queue_deliver_rate", "delivered of it per second", "/s"),
    [QUEUE + RABBITMQ_QUEUE_ACK_RATE] = GAUGE("queue_ack_rate", "acknowledged of it per second", "/s"),
    [QUEUE + RABBITMQ_QUEUE_PUBLISHED] = TOTAL("queue_published", "messages published to it"),
    [QUEUE + RABBITMQ_QUEUE_DELIVERED] = TOTAL("queue_delivered", "messages delivered of it"),
    [QUEUE + RABBITMQ_QUEUE_OLDEST] = GAUGE("queue_oldest", "time of its first message since 1970", "s"),
    [RUNNING] = GAUGE("node_running", "1: the node runs", ""),
    [PARTITIONS] = GAUGE("node_partitions", "nodes that it lost by a partition", ""),
    [ALARM_MEMORY] = GAUGE("node_memory_alarm", "1: the alarm for memory is on", ""),
    [ALARM_DISK] = GAUGE("node_disk_alarm", "1: the alarm for the disk is on", ""),
    [MEMBERS] = GAUGE("queue_replicas", "replicas of the queue", ""),
    [ONLINE] = GAUGE("queue_replicas_online", "its replicas that are online", ""),
    {0},
};

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    return rabbitmq_options_check(&args->source, run, error);
}

static void report_if_known(struct report *report, size_t metric, const char *instance, double value)
{
    if (!isnan(value))
        report_value(report, metric, instance, value);
}

static double number_of(enum rabbitmq_flag flag)
{
    return flag == RABBITMQ_NOT_TOLD ? (double)NAN : (double)(flag == RABBITMQ_YES);
}

static void report_node(struct report *report, const struct rabbitmq_node *node)
{
    report_value(report, RUNNING, node->name, node->running);
    report_if_known(report, PARTITIONS, node->name, node->partitions);
    report_if_known(report, ALARM_MEMORY, node->name, number_of(node->memory_alarm));
    report_if_known(report, ALARM_DISK, node->name, number_of(node->disk_alarm));
    for (size_t i = 0; i < RABBITMQ_NODE_NUMBER_COUNT; i++)
        report_if_known(report, NODE + i, node->name, node->numbers[i]);
}

static void report_queue(struct report *report, const struct rabbitmq_queue *queue, struct arena *arena)
{
    bool plain = !*queue->vhost || strcmp(queue->vhost, "/") == 0;
    const char *instance = plain ? queue->name : arena_format(arena, "%s/%s", queue->vhost, queue->name);
    report_if_known(report, MEMBERS, instance, queue->members);
    report_if_known(report, ONLINE, instance, queue->online);
    for (size_t i = 0; i < RABBITMQ_QUEUE_NUMBER_COUNT; i++)
        report_if_known(report, QUEUE + i, instance, queue->numbers[i]);
}

static enum source_end read_all(const struct args *args, const struct rabbitmq_source *source,
                                struct run *run, struct report *report, struct error *error)
{
    struct rabbitmq_overview overview;
    struct rabbitmq_nodes nodes;
    struct rabbitmq_queues queues = {.count = 0};
    enum source_end end = rabbitmq_read_overview(source, run->arena, &overview, error);
    if (end == SOURCE_READ)
        end = rabbitmq_read_nodes(source, NULL, run->arena, &nodes, error);
    if (end == SOURCE_READ && !args->without_queues)
        end = rabbitmq_read_queues(source, args->source.vhost, run->arena, &queues, error);
    if (end != SOURCE_READ)
        return end;
    for (size_t i = 0; i < RABBITMQ_OVERVIEW_NUMBER_COUNT; i++)
        report_if_known(report, i, NULL, overview.numbers[i]);
    for (size_t i = 0; i < nodes.count; i++)
        report_node(report, &nodes.items[i]);
    for (size_t i = 0; i < queues.count; i++)
        report_queue(report, &queues.items[i], run->arena);
    return end;
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct rabbitmq_access access;
    struct error error;
    int64_t limit = run_remaining(run);
    enum source_end end = SOURCE_UNREADABLE;
    run_stage(run, "asking RabbitMQ's management");
    if (rabbitmq_options_open(&args->source, run, &access, &error))
        end = read_all(args, &access.source, run, report, &error);
    rabbitmq_options_close(&access);
    return end == SOURCE_READ || source_failed(report, end, &error, limit);
}

const struct check collect_rabbitmq = {
    .name = "rabbitmq",
    .title = "RABBITMQ",
    .summary = "every number of RabbitMQ's management",
    .notes =
        "The instance of a node_ metric is the node, that of a queue_ metric the queue: NAME in the vhost "
        "\"/\", VHOST/NAME in another. A number that the server does not tell is left out.",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .measure = measure,
    .validate = validate,
    .collects = true,
};
