/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The nodes of a RabbitMQ: the broker as a whole, each node, the cluster. */
#include "checks/rabbitmq/view.h"

#include "lib/number.h"

#include <math.h>

static void report_alarm(struct view *view, const char *node, const char *resource)
{
    if (*node)
        report_verdict(view->report, VERDICT_CRITICAL, "node \"%s\" has a %s alarm: publishers are blocked",
                       node, resource);
    else
        report_verdict(view->report, VERDICT_CRITICAL, "%s", resource);
}

static bool report_alarms(struct view *view, const struct rabbitmq_nodes *nodes)
{
    struct rabbitmq_alarms alarms;
    enum source_end end = rabbitmq_read_alarms(view->source, nodes, view->run->arena, &alarms, &view->error);
    for (size_t i = 0; end == SOURCE_READ && i < alarms.count; i++)
        report_alarm(view, alarms.items[i].node, alarms.items[i].resource);
    return end == SOURCE_READ || rabbitmq_view_failed(view, end);
}

static bool read_nodes(struct view *view, const char *name, struct rabbitmq_nodes *nodes)
{
    enum source_end end = rabbitmq_read_nodes(view->source, name, view->run->arena, nodes, &view->error);
    return end == SOURCE_READ || rabbitmq_view_failed(view, end);
}

bool rabbitmq_measure_overview(struct view *view)
{
    static const struct {
        enum metric metric;
        enum rabbitmq_overview_number number;
    } plain[] = {
        {MESSAGES, RABBITMQ_OVERVIEW_MESSAGES},
        {READY, RABBITMQ_OVERVIEW_READY},
        {UNACKNOWLEDGED, RABBITMQ_OVERVIEW_UNACKNOWLEDGED},
        {CONSUMERS, RABBITMQ_OVERVIEW_CONSUMERS},
        {PUBLISH_RATE, RABBITMQ_OVERVIEW_PUBLISH_RATE},
        {DELIVER_RATE, RABBITMQ_OVERVIEW_DELIVER_RATE},
        {QUEUES, RABBITMQ_OVERVIEW_QUEUES},
        {CONNECTIONS, RABBITMQ_OVERVIEW_CONNECTIONS},
        {CHANNELS, RABBITMQ_OVERVIEW_CHANNELS},
    };
    struct rabbitmq_overview overview;
    struct text text = TEXT_INIT;
    enum source_end end = rabbitmq_read_overview(view->source, view->run->arena, &overview, &view->error);
    if (end != SOURCE_READ)
        return rabbitmq_view_failed(view, end);
    if (!report_alarms(view, NULL))
        return false;
    const double *numbers = overview.numbers;
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        rabbitmq_view_known(view, plain[i].metric, NULL, numbers[plain[i].number]);
    struct rabbitmq_flow flow =
        rabbitmq_view_flow(view, NULL, numbers[RABBITMQ_OVERVIEW_MESSAGES],
                           numbers[RABBITMQ_OVERVIEW_PUBLISH_RATE], numbers[RABBITMQ_OVERVIEW_DELIVER_RATE]);
    if (isnan(flow.messages))
        report_verdict(view->report, VERDICT_UNKNOWN, "the number of messages is not told (yet)");
    text_format(&text, "RabbitMQ %s on \"%s\": ", overview.version, overview.node);
    if (!isnan(flow.messages) && !isnan(numbers[RABBITMQ_OVERVIEW_QUEUES]))
        text_format(&text, "%.0f messages in %.0f queues", flow.messages, numbers[RABBITMQ_OVERVIEW_QUEUES]);
    else
        text_add(&text, "it answers");
    rabbitmq_flow_write(&flow, &text);
    report_text(view->report, "%s", text.bytes);
    text_release(&text);
    return true;
}

static double share_of(double part, double whole)
{
    return whole > 0 ? number_round(100 * part / whole, 2) : (double)NAN;
}

static void report_node_state(struct view *view, const struct rabbitmq_node *node)
{
    bool tells_alarms = node->memory_alarm != RABBITMQ_NOT_TOLD && node->disk_alarm != RABBITMQ_NOT_TOLD;
    if (!node->running)
        report_verdict(view->report, VERDICT_CRITICAL, "node \"%s\" is not running", node->name);
    /* A partition may be seen from one side only, which then counts as not running. */
    if (node->partitions > 0)
        report_verdict(view->report, VERDICT_CRITICAL, "node \"%s\" is parted from %s", node->name,
                       node->parted_from);
    else if (node->running && (isnan(node->partitions) || !tells_alarms))
        report_verdict(view->report, VERDICT_UNKNOWN, "node \"%s\" does not tell its %s yet", node->name,
                       tells_alarms ? "partitions" : "alarms");
}

static void report_node(struct view *view, const struct rabbitmq_node *node)
{
    static const struct {
        enum metric metric;
        enum rabbitmq_node_number part, whole;
    } shares[] = {
        {MEMORY_SHARE, RABBITMQ_NODE_MEMORY, RABBITMQ_NODE_MEMORY_LIMIT},
        {FILES_SHARE, RABBITMQ_NODE_FILES, RABBITMQ_NODE_FILES_LIMIT},
        {SOCKETS_SHARE, RABBITMQ_NODE_SOCKETS, RABBITMQ_NODE_SOCKETS_LIMIT},
        {PROCESSES_SHARE, RABBITMQ_NODE_PROCESSES, RABBITMQ_NODE_PROCESSES_LIMIT},
    };
    const double *numbers = node->numbers;
    struct value_frame frame = VALUE_FRAME_NONE;
    report_node_state(view, node);
    if (node->memory_alarm == RABBITMQ_YES)
        report_alarm(view, node->name, "memory");
    if (node->disk_alarm == RABBITMQ_YES)
        report_alarm(view, node->name, "disk");
    frame.max = numbers[RABBITMQ_NODE_MEMORY_LIMIT];
    if (!isnan(numbers[RABBITMQ_NODE_MEMORY]))
        report_value_framed(view->report, MEMORY, node->name, numbers[RABBITMQ_NODE_MEMORY], &frame);
    rabbitmq_view_known(view, DISK_FREE, node->name, numbers[RABBITMQ_NODE_DISK_FREE]);
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++)
        rabbitmq_view_known(view, shares[i].metric, node->name,
                            share_of(numbers[shares[i].part], numbers[shares[i].whole]));
    rabbitmq_view_known(view, RUN_QUEUE, node->name, numbers[RABBITMQ_NODE_RUN_QUEUE]);
    rabbitmq_view_known(view, UPTIME, node->name, numbers[RABBITMQ_NODE_UPTIME] / 1000);
    report_detail(view->report, "%s: memory %.0f of %.0f bytes, disk free %.0f, limit %.0f", node->name,
                  numbers[RABBITMQ_NODE_MEMORY], numbers[RABBITMQ_NODE_MEMORY_LIMIT],
                  numbers[RABBITMQ_NODE_DISK_FREE], numbers[RABBITMQ_NODE_DISK_LIMIT]);
}

static size_t count_running(const struct rabbitmq_nodes *nodes)
{
    size_t running = 0;
    for (size_t i = 0; i < nodes->count; i++)
        running += nodes->items[i].running;
    return running;
}

bool rabbitmq_measure_node(struct view *view)
{
    struct rabbitmq_nodes nodes;
    if (!read_nodes(view, view->args->node, &nodes))
        return false;
    for (size_t i = 0; i < nodes.count; i++)
        report_node(view, &nodes.items[i]);
    if (nodes.count == 1)
        report_text(view->report, "node \"%s\" %s", nodes.items[0].name,
                    nodes.items[0].running ? "runs" : "is known");
    else
        report_text(view->report, "%zu of %zu nodes run", count_running(&nodes), nodes.count);
    return true;
}

static bool report_quorum(struct view *view)
{
    struct rabbitmq_health health;
    enum source_end end = rabbitmq_read_health(view->source, "node-is-quorum-critical", view->run->arena,
                                               &health, &view->error);
    if (end != SOURCE_READ)
        return rabbitmq_view_failed(view, end);
    if (health.failed)
        report_verdict(view->report, VERDICT_WARNING,
                       "queues would lose their majority with one more node: %s",
                       *health.queues ? health.queues : health.reason);
    return true;
}

static bool measure_replicas(struct view *view, size_t *replicated)
{
    struct rabbitmq_queues queues;
    enum source_end end =
        rabbitmq_read_queues(view->source, view->args->source.vhost, view->run->arena, &queues, &view->error);
    if (end != SOURCE_READ)
        return rabbitmq_view_failed(view, end);
    for (size_t i = 0; i < queues.count; i++) {
        *replicated += queues.items[i].members > 0;
        rabbitmq_view_replicas(view, &queues.items[i], rabbitmq_view_instance(view, &queues.items[i]));
    }
    return true;
}

/* The nodes first: what cannot be read after them does not hide what is wrong with them. */
bool rabbitmq_measure_cluster(struct view *view)
{
    struct rabbitmq_nodes nodes;
    double partitions = 0;
    size_t replicated = 0;
    if (!read_nodes(view, NULL, &nodes))
        return false;
    for (size_t i = 0; i < nodes.count; i++) {
        report_node_state(view, &nodes.items[i]);
        partitions += nodes.items[i].partitions > 0 ? nodes.items[i].partitions : 0;
    }
    report_value(view->report, NODES, NULL, (double)nodes.count);
    report_value(view->report, NODES_RUNNING, NULL, (double)count_running(&nodes));
    report_value(view->report, PARTITIONS, NULL, partitions);
    if (!report_alarms(view, &nodes) || !report_quorum(view) || !measure_replicas(view, &replicated))
        return false;
    report_text(view->report, "%zu of %zu nodes run, %zu replicated queues", count_running(&nodes),
                nodes.count, replicated);
    return true;
}
