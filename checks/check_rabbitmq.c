/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RabbitMQ: is it alive, are its nodes whole, and is what is published consumed? */
#include "collectors/amqp.h"
#include "collectors/choice.h"
#include "collectors/growth.h"
#include "collectors/rabbitmq_choose.h"
#include "collectors/rabbitmq_flow.h"
#include "collectors/rabbitmq_options.h"
#include "lib/number.h"
#include "lib/rates.h"

#include <math.h>
#include <sys/socket.h>

struct args {
    struct rabbitmq_options source;
    int mode, missing;
    const char *queue, *regex, *ignore, *pattern, *node;
};

enum { OVERVIEW, NODE, QUEUE, CLUSTER, COMPUTE, ALIVENESS };
static const char *const mode_names[] = {"overview", "node",      "queue", "cluster",
                                         "compute",  "aliveness", NULL};
static const char *const missing_names[] = {"ok", "warning", "critical", "unknown", NULL};
static const enum verdict missing_verdicts[] = {VERDICT_OK, VERDICT_WARNING, VERDICT_CRITICAL,
                                                VERDICT_UNKNOWN};
enum { MISSING_UNKNOWN = 3 };

static const struct option_row options[] = {
    {"mode", 'm', CHOICE(struct args, mode), .value = "MODE", .choices = mode_names,
     .help = "The question, as the notes explain."},
    RABBITMQ_OPTIONS(struct args, source),
    {"queue", 'q', TEXT(struct args, queue), .value = "NAME",
     .help = "The queue that mode queue judges. Unless given it judges all of them."},
    {"regex", 0, TEXT(struct args, regex), .value = "REGEX",
     .help = "Only queues whose name this extended expression matches."},
    {"ignore", 'i', TEXT(struct args, ignore), .value = "REGEX",
     .help = "Leave out queues whose name this extended expression matches."},
    {"pattern", 0, TEXT(struct args, pattern), .value = "GLOB",
     .help = "The queues of mode compute, with \"*\" and \"?\" for what varies."},
    {"node", 0, TEXT(struct args, node), .value = "NAME",
     .help = "The node that mode node judges: \"rabbit@host\". Unless given it judges all of them."},
    {"missing", 0, CHOICE(struct args, missing), .value = "STATE", .choices = missing_names,
     .help = "The state when there is no such queue."},
    {0},
};

static const struct args defaults = {.pattern = "compute.*", .missing = MISSING_UNKNOWN};

enum metric {
    MESSAGES,
    READY,
    UNACKNOWLEDGED,
    CONSUMERS,
    PUBLISH_RATE,
    DELIVER_RATE,
    GROWTH,
    TIME_TO_LIMIT,
    UNCONSUMED,
    STALLED,
    OUTRUN,
    REPLICAS_MISSING,
    QUEUES,
    CONNECTIONS,
    CHANNELS,
    MEMORY,
    MEMORY_SHARE,
    DISK_FREE,
    FILES_SHARE,
    SOCKETS_SHARE,
    PROCESSES_SHARE,
    RUN_QUEUE,
    UPTIME,
    NODES,
    NODES_RUNNING,
    PARTITIONS,
    TIME,
    PHASE,
};

#define PLAIN(name_, help_, unit_, graph_)                                                                   \
    {                                                                                                        \
        name_, help_, unit_, .has_min = true, .graph = (graph_)                                              \
    }
#define SHARE(name_, help_, warning_, critical_)                                                             \
    {                                                                                                        \
        name_, help_, "%", .warning = (warning_), .critical = (critical_), .has_min = true, .has_max = true, \
                           .max = 100, .graph = "share"                                                      \
    }
#define FAULT(name_, help_, unit_, graph_)                                                                   \
    {                                                                                                        \
        name_, help_, unit_, .warning = "0", .has_min = true, .quiet = true, .graph = (graph_)               \
    }

static const struct metric_row metrics[] = {
    [MESSAGES] = PLAIN("messages", "messages that wait or are not acknowledged yet", "", "messages"),
    [READY] = PLAIN("ready", "messages that wait for a consumer", "", "messages"),
    [UNACKNOWLEDGED] =
        PLAIN("unacknowledged", "messages that a consumer has not acknowledged yet", "", "messages"),
    [CONSUMERS] = PLAIN("consumers", "consumers", "", "consumers"),
    [PUBLISH_RATE] = PLAIN("publish_rate", "messages published per second", "/s", "rates"),
    [DELIVER_RATE] = PLAIN("deliver_rate", "messages delivered per second", "/s", "rates"),
    [GROWTH] = {"growth", "messages more per second since the run before", "/s", .graph = "rates"},
    [TIME_TO_LIMIT] = PLAIN("time_to_limit",
                            "time until the growth reaches the range of messages, of --critical or else "
                            "--warning; ten years stand for never",
                            "s", "time_to_limit"),
    [UNCONSUMED] = FAULT("unconsumed", "messages of a queue without consumers", "", "faults"),
    [STALLED] =
        FAULT("stalled", "messages that wait though there are consumers, which take none", "", "faults"),
    [OUTRUN] = FAULT("outrun",
                     "messages published above those delivered, per second, of a queue that grows and holds "
                     "ten seconds' worth of publishing",
                     "/s", "rates"),
    [REPLICAS_MISSING] = {"replicas_missing", "replicas of a queue that are not online", "", .has_min = true,
                          .quiet = true, .graph = "faults"},
    [QUEUES] = PLAIN("queues", "queues", "", "objects"),
    [CONNECTIONS] = PLAIN("connections", "connections", "", "objects"),
    [CHANNELS] = PLAIN("channels", "channels", "", "objects"),
    [MEMORY] = PLAIN("memory", "memory in use; the maximum is the watermark", "B", "bytes"),
    [MEMORY_SHARE] = SHARE("memory_share", "memory in use, of the watermark", "90", NULL),
    [DISK_FREE] = PLAIN("disk_free", "free space on the disk of the node", "B", "bytes"),
    [FILES_SHARE] = SHARE("files_share", "file descriptors in use, of the limit", "80", "90"),
    [SOCKETS_SHARE] = SHARE("sockets_share", "sockets in use, of the limit", "80", "90"),
    [PROCESSES_SHARE] = SHARE("processes_share", "processes of Erlang, of the limit", "80", "90"),
    [RUN_QUEUE] = {"run_queue", "processes of Erlang that wait for a processor", "", .has_min = true,
                   .quiet = true, .graph = "run_queue"},
    [UPTIME] = {"uptime", "time since the node started", "s", .has_min = true, .quiet = true,
                .graph = "uptime"},
    [NODES] = PLAIN("nodes", "nodes of the cluster", "", "nodes"),
    [NODES_RUNNING] = PLAIN("nodes_running", "nodes that run", "", "nodes"),
    [PARTITIONS] = PLAIN("partitions", "nodes that others lost by a partition of the network", "", "nodes"),
    [TIME] = PLAIN("time", "time that the whole round trip of a message took", "s", "time"),
    [PHASE] = {"phase", "time of one phase of the round trip", "s", .has_min = true, .label = "%s",
               .graph = "time"},
    {0},
};

enum { DEEPEST_SHOWN = 10, NAMES_SHOWN = 5, JUDGED_CAP = 8000 };

/* What one run works on. */
struct view {
    const struct args *args;
    const struct rabbitmq_source *source;
    struct run *run;
    struct report *report;
    struct growth growth;
    int64_t limit; /* milliseconds that there were */
    struct error error;
};

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    if (args->queue && (args->regex || args->ignore))
        return error_set(error, "--queue stands in the place of --regex and --ignore");
    if (args->mode == ALIVENESS && args->source.url)
        return error_set(error, "--mode aliveness speaks AMQP: give --hostname and --port, not --url");
    if (args->mode == ALIVENESS && args->source.tls && run->family != AF_UNSPEC)
        return error_set(error, "-4 and -6 cannot be given with --tls in --mode aliveness");
    return choice_check(args->regex, args->ignore, error) &&
           rabbitmq_options_check(&args->source, run, error);
}

static bool failed(struct view *view, enum source_end end)
{
    return source_failed(view->report, end, &view->error, view->limit);
}

static void report_if_known(struct view *view, enum metric metric, const char *instance, double value)
{
    if (!isnan(value))
        report_value(view->report, metric, instance, value);
}

/* What is compared with the run before: not known for now on the first run. ${warning} NULL: the row's own range. */
static void report_compared(struct view *view, enum metric metric, const char *instance, double value,
                            const char *warning)
{
    struct value_frame frame = VALUE_FRAME_NONE;
    frame.warning = isnan(value) ? "" : warning; /* a range is for what is known */
    if (!isnan(value) || rates_pending(view->run->rates))
        report_value_framed(view->report, metric, instance, value, &frame);
}

static struct rabbitmq_flow report_flow(struct view *view, const char *instance, double messages,
                                        double publish, double deliver)
{
    struct rabbitmq_flow flow = {.messages = messages, .publish = publish, .deliver = deliver};
    const char *key = arena_format(view->run->arena, "messages %s", instance ? instance : "");
    flow.growth = growth_per_second(&view->growth, key, messages);
    flow.limit = growth_limit(view->report, MESSAGES, instance);
    flow.left = growth_time(messages, flow.growth, flow.limit);
    report_compared(view, GROWTH, instance, flow.growth, NULL);
    if (!isnan(flow.limit))
        report_compared(view, TIME_TO_LIMIT, instance, flow.left, NULL);
    return flow;
}

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
    return end == SOURCE_READ || failed(view, end);
}

static bool read_nodes(struct view *view, const char *name, struct rabbitmq_nodes *nodes)
{
    enum source_end end = rabbitmq_read_nodes(view->source, name, view->run->arena, nodes, &view->error);
    return end == SOURCE_READ || failed(view, end);
}

static bool measure_overview(struct view *view)
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
        return failed(view, end);
    if (!report_alarms(view, NULL))
        return false;
    const double *numbers = overview.numbers;
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        report_if_known(view, plain[i].metric, NULL, numbers[plain[i].number]);
    struct rabbitmq_flow flow =
        report_flow(view, NULL, numbers[RABBITMQ_OVERVIEW_MESSAGES], numbers[RABBITMQ_OVERVIEW_PUBLISH_RATE],
                    numbers[RABBITMQ_OVERVIEW_DELIVER_RATE]);
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
    report_if_known(view, DISK_FREE, node->name, numbers[RABBITMQ_NODE_DISK_FREE]);
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++)
        report_if_known(view, shares[i].metric, node->name,
                        share_of(numbers[shares[i].part], numbers[shares[i].whole]));
    report_if_known(view, RUN_QUEUE, node->name, numbers[RABBITMQ_NODE_RUN_QUEUE]);
    report_if_known(view, UPTIME, node->name, numbers[RABBITMQ_NODE_UPTIME] / 1000);
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

static bool measure_node(struct view *view)
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

static void report_replicas(struct view *view, const struct rabbitmq_queue *queue, const char *instance)
{
    double missing = queue->members - queue->online;
    if (!(queue->members > 0))
        return;
    report_value(view->report, REPLICAS_MISSING, instance, missing);
    if (queue->online * 2 <= queue->members)
        report_verdict(view->report, VERDICT_CRITICAL,
                       "queue \"%s\" has no majority: %.0f of %.0f replicas online, without %s", instance,
                       queue->online, queue->members, queue->missing);
    else if (missing > 0)
        report_verdict(view->report, VERDICT_WARNING, "queue \"%s\" lacks %.0f of %.0f replicas: %s",
                       instance, missing, queue->members, queue->missing);
}

static bool report_quorum(struct view *view)
{
    struct rabbitmq_health health;
    enum source_end end = rabbitmq_read_health(view->source, "node-is-quorum-critical", view->run->arena,
                                               &health, &view->error);
    if (end != SOURCE_READ)
        return failed(view, end);
    if (health.failed)
        report_verdict(view->report, VERDICT_WARNING,
                       "queues would lose their majority with one more node: %s",
                       *health.queues ? health.queues : health.reason);
    return true;
}

/* The vhost is part of the name where several are asked for: "VHOST/NAME", but plain in the vhost "/". */
static const char *instance_of(struct view *view, const struct rabbitmq_queue *queue)
{
    bool plain = view->args->source.vhost || !*queue->vhost || strcmp(queue->vhost, "/") == 0;
    return plain ? queue->name : arena_format(view->run->arena, "%s/%s", queue->vhost, queue->name);
}

static bool measure_replicas(struct view *view, size_t *replicated)
{
    struct rabbitmq_queues queues;
    enum source_end end =
        rabbitmq_read_queues(view->source, view->args->source.vhost, view->run->arena, &queues, &view->error);
    if (end != SOURCE_READ)
        return failed(view, end);
    for (size_t i = 0; i < queues.count; i++) {
        *replicated += queues.items[i].members > 0;
        report_replicas(view, &queues.items[i], instance_of(view, &queues.items[i]));
    }
    return true;
}

/* The nodes first: what cannot be read after them does not hide what is wrong with them. */
static bool measure_cluster(struct view *view)
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

/* Whether the queue is fit to be judged; false: it has said why not. */
static bool report_queue_state(struct view *view, const struct rabbitmq_queue *queue, const char *instance)
{
    if (rabbitmq_state_is_bad(queue->state)) {
        report_verdict(view->report, VERDICT_CRITICAL, "queue \"%s\" is %s%s%s%s", instance, queue->state,
                       *queue->node ? " at \"" : "", queue->node, *queue->node ? "\"" : "");
        return !isnan(queue->numbers[RABBITMQ_QUEUE_MESSAGES]);
    }
    return true;
}

/* What is reported of each queue, whether one or all are asked for. */
static struct rabbitmq_flow report_queue(struct view *view, const struct rabbitmq_queue *queue,
                                         const char *instance)
{
    const double *numbers = queue->numbers;
    report_replicas(view, queue, instance);
    report_value(view->report, MESSAGES, instance, numbers[RABBITMQ_QUEUE_MESSAGES]);
    report_if_known(view, CONSUMERS, instance, numbers[RABBITMQ_QUEUE_CONSUMERS]);
    struct rabbitmq_flow flow =
        report_flow(view, instance, numbers[RABBITMQ_QUEUE_MESSAGES], numbers[RABBITMQ_QUEUE_PUBLISH_RATE],
                    numbers[RABBITMQ_QUEUE_DELIVER_RATE]);
    report_if_known(view, PUBLISH_RATE, instance, flow.publish);
    report_if_known(view, DELIVER_RATE, instance, flow.deliver);
    report_if_known(view, UNCONSUMED, instance, rabbitmq_flow_unconsumed(queue));
    report_compared(view, OUTRUN, instance, rabbitmq_flow_outrun(&flow), NULL);
    report_compared(view, STALLED, instance, rabbitmq_flow_stalled(queue, flow.growth),
                    ""); /* long work, too */
    return flow;
}

static void report_one_queue(struct view *view, const struct rabbitmq_queue *queue)
{
    struct text text = TEXT_INIT;
    const double *numbers = queue->numbers;
    if (!report_queue_state(view, queue, queue->name))
        return;
    struct rabbitmq_flow flow = report_queue(view, queue, queue->name);
    report_if_known(view, READY, queue->name, numbers[RABBITMQ_QUEUE_READY]);
    report_if_known(view, UNACKNOWLEDGED, queue->name, numbers[RABBITMQ_QUEUE_UNACKNOWLEDGED]);
    text_format(&text, "\"%s\"", queue->name);
    if (isnan(flow.messages)) {
        report_verdict(view->report, VERDICT_UNKNOWN,
                       "the number of its messages is not told: it is new, or statistics are off");
    } else {
        text_format(&text, ": %.0f messages", flow.messages);
    }
    if (!isnan(numbers[RABBITMQ_QUEUE_CONSUMERS]))
        text_format(&text, ", %.0f consumers", numbers[RABBITMQ_QUEUE_CONSUMERS]);
    rabbitmq_flow_write(&flow, &text);
    report_text(view->report, "%s", text.bytes);
    text_release(&text);
}

static bool measure_one_queue(struct view *view)
{
    const struct args *args = view->args;
    const char *vhost = args->source.vhost ? args->source.vhost : "/";
    struct rabbitmq_queues queues;
    enum source_end end =
        rabbitmq_read_queue(view->source, vhost, args->queue, view->run->arena, &queues, &view->error);
    if (end != SOURCE_READ)
        return failed(view, end);
    if (queues.count == 1)
        report_one_queue(view, &queues.items[0]);
    else
        report_verdict(view->report, missing_verdicts[args->missing],
                       "there is no queue \"%s\" in vhost \"%s\"", args->queue, vhost);
    return true;
}

static bool read_meant(struct view *view, struct rabbitmq_queues *queues)
{
    const struct args *args = view->args;
    const struct rabbitmq_wish wish = {args->regex, args->ignore,
                                       args->mode == COMPUTE ? args->pattern : NULL};
    enum source_end end =
        rabbitmq_read_queues(view->source, args->source.vhost, view->run->arena, queues, &view->error);
    if (end != SOURCE_READ)
        return failed(view, end);
    if (!rabbitmq_choose(queues, &wish, &view->error))
        return report_failure(view->report, VERDICT_UNKNOWN, "%s", view->error.text);
    if (queues->count > JUDGED_CAP)
        return report_failure(view->report, VERDICT_UNKNOWN,
                              "%zu queues are too many to judge each: choose by --vhost, --regex or --ignore",
                              queues->count);
    if (queues->count > 0)
        return true;
    report_verdict(view->report, missing_verdicts[args->missing],
                   "user \"%s\" sees no queue%s%s%s that is asked for", view->source->user,
                   args->source.vhost ? " in vhost \"" : "", args->source.vhost ? args->source.vhost : "",
                   args->source.vhost ? "\"" : "");
    return true;
}

/* Queues whose number of messages is not told: how many, and the first names. */
struct untold {
    size_t count;
    struct text names;
};

static void add_untold(struct untold *untold, const char *instance)
{
    if (untold->count++ < NAMES_SHOWN)
        text_format(&untold->names, "%s%s", untold->names.length ? ", " : "", instance);
}

static void end_untold(struct view *view, struct untold *untold)
{
    if (untold->count > NAMES_SHOWN)
        text_format(&untold->names, " and %zu more", untold->count - NAMES_SHOWN);
    if (untold->count > 0)
        report_verdict(view->report, VERDICT_UNKNOWN,
                       "the number of messages is not told, the queue being new or statistics off: %s",
                       untold->names.bytes);
    text_release(&untold->names);
}

/* All queues of a listing, summed up. */
struct sum {
    double messages;
    size_t shown;
    struct text deepest;
    struct untold untold;
};

static void report_listed_queue(struct view *view, const struct rabbitmq_queue *queue, struct sum *sum)
{
    const char *instance = instance_of(view, queue);
    if (!report_queue_state(view, queue, instance))
        return;
    struct rabbitmq_flow flow = report_queue(view, queue, instance);
    if (isnan(flow.messages)) {
        add_untold(&sum->untold, instance);
        return;
    }
    sum->messages += flow.messages;
    if (sum->shown++ >= DEEPEST_SHOWN)
        return;
    text_format(&sum->deepest, "%s%s %.0f", sum->deepest.length ? ", " : "", instance, flow.messages);
    rabbitmq_flow_growth(&flow, &sum->deepest);
}

static bool measure_all_queues(struct view *view)
{
    struct rabbitmq_queues queues;
    struct sum sum = {.deepest = TEXT_INIT, .untold.names = TEXT_INIT};
    if (!read_meant(view, &queues))
        return false;
    for (size_t i = 0; i < queues.count; i++)
        report_listed_queue(view, &queues.items[i], &sum);
    if (queues.count > 0) {
        report_value(view->report, QUEUES, NULL, (double)queues.count);
        report_text(view->report, "%.0f messages in %zu queues%s%s", sum.messages, queues.count,
                    sum.deepest.length ? ": " : "", sum.deepest.bytes);
    }
    end_untold(view, &sum.untold);
    text_release(&sum.deepest);
    return true;
}

static bool measure_queue(struct view *view)
{
    return view->args->queue ? measure_one_queue(view) : measure_all_queues(view);
}

static void report_compute_queue(struct view *view, const struct rabbitmq_queue *queue, const char *instance)
{
    struct value_frame frame = VALUE_FRAME_NONE;
    const double *numbers = queue->numbers;
    frame.critical = "0";
    frame.warning = "";
    report_value(view->report, MESSAGES, instance, numbers[RABBITMQ_QUEUE_MESSAGES]);
    double growth = growth_per_second(&view->growth, arena_format(view->run->arena, "messages %s", instance),
                                      numbers[RABBITMQ_QUEUE_MESSAGES]);
    if (!isnan(rabbitmq_flow_unconsumed(queue)))
        report_value_framed(view->report, UNCONSUMED, instance, rabbitmq_flow_unconsumed(queue), &frame);
    report_compared(view, STALLED, instance, rabbitmq_flow_stalled(queue, growth), NULL);
}

static bool measure_compute(struct view *view)
{
    struct rabbitmq_queues queues;
    struct untold untold = {.names = TEXT_INIT};
    size_t held = 0;
    if (!read_meant(view, &queues))
        return false;
    for (size_t i = 0; i < queues.count; i++) {
        const struct rabbitmq_queue *queue = &queues.items[i];
        const char *instance = instance_of(view, queue);
        if (!report_queue_state(view, queue, instance))
            continue;
        if (isnan(queue->numbers[RABBITMQ_QUEUE_MESSAGES]) || isnan(queue->numbers[RABBITMQ_QUEUE_CONSUMERS]))
            add_untold(&untold, instance);
        report_compute_queue(view, queue, instance);
        held += rabbitmq_flow_unconsumed(queue) > 0;
    }
    if (queues.count > 0) {
        report_value(view->report, QUEUES, NULL, (double)queues.count);
        report_text(view->report, "%zu of %zu queues hold messages that nobody consumes", held, queues.count);
    }
    end_untold(view, &untold);
    return true;
}

static double to_microseconds(double seconds)
{
    return number_round(seconds, 6);
}

static bool measure_aliveness(struct view *view)
{
    const struct rabbitmq_options *source = &view->args->source;
    const struct run *run = view->run;
    const struct amqp_question question = {.host = run->host ? run->host : "localhost",
                                           .port = run->port     ? run->port
                                                   : source->tls ? 5671
                                                                 : 5672,
                                           .vhost = source->vhost ? source->vhost : "/",
                                           .user = view->source->user,
                                           .password = view->source->password ? view->source->password : "",
                                           .tls = source->tls,
                                           .insecure = source->insecure,
                                           .ca_file = source->ca_file,
                                           .family = run->family,
                                           .deadline = run->deadline};
    struct amqp_answer answer;
    enum source_end end = amqp_probe(&question, &answer, &view->error);
    if (end != SOURCE_READ)
        return failed(view, end);
    report_value(view->report, TIME, NULL, to_microseconds(answer.total));
    for (size_t phase = 0; phase < AMQP_PHASE_COUNT; phase++)
        report_value(view->report, PHASE, amqp_phase_name(phase), to_microseconds(answer.seconds[phase]));
    report_text(view->report, "a message went through vhost \"%s\" of \"%s:%lld\" and back in %.3f s",
                question.vhost, question.host, (long long)question.port, answer.total);
    return true;
}

static bool (*const modes[])(struct view *view) = {
    [OVERVIEW] = measure_overview, [NODE] = measure_node,       [QUEUE] = measure_queue,
    [CLUSTER] = measure_cluster,   [COMPUTE] = measure_compute, [ALIVENESS] = measure_aliveness,
};

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct rabbitmq_access access;
    struct view view = {
        .args = args, .source = &access.source, .run = run, .report = report, .limit = run_remaining(run)};
    bool done = rabbitmq_options_open(&args->source, run, &access, &view.error);
    if (!done)
        (void)report_failure(report, VERDICT_UNKNOWN, "%s", view.error.text);
    if (done && (args->mode == OVERVIEW || args->mode == QUEUE || args->mode == COMPUTE))
        view.growth = growth_begin(run);
    run_stage(run, args->mode == ALIVENESS ? "asking RabbitMQ by AMQP" : "asking RabbitMQ's management");
    done = done && modes[args->mode](&view);
    rabbitmq_options_close(&access);
    return done;
}

const struct check check_rabbitmq = {
    .name = "rabbitmq",
    .title = "RABBITMQ",
    .summary = "nodes, alarms, queues and flow of a RabbitMQ",
    .notes =
        "overview: alarms, messages, rates and objects of the whole broker.\n"
        "node: alarms, partitions, memory, disk, descriptors of one node or of all.\n"
        "queue: depth, consumers, publish against deliver rate and growth of one queue. Without --queue all "
        "are judged and the ten deepest are listed; ready and unacknowledged are of one queue alone.\n"
        "cluster: nodes that do not run, partitions, alarms, and replicated queues that lack a replica "
        "(WARNING) or their majority (CRITICAL).\n"
        "compute: which of the queues \"compute.*\" hold messages that nobody consumes: CRITICAL without a "
        "consumer, WARNING where the consumers take none.\n"
        "aliveness: publishes a message over AMQP (port 5672, or 5671 with --tls) and gets it back; "
        "with --tls the host is given as its certificate names it, not as an address.\n"
        "A bare range belongs to messages. With a range for messages the text tells when the present growth "
        "reaches it, and -w time_to_limit=7200: warns two hours ahead. -w unconsumed= allows queues without "
        "consumers to hold messages. -c stalled=0 finds consumers that are stuck, in mode queue too, where "
        "work "
        "that takes longer than the time between two runs is taken for it.",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .measure = measure,
    .validate = validate,
};
