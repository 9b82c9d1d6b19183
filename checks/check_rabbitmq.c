/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RabbitMQ: is it alive, are its nodes whole, and is what is published consumed? */
#include "checks/rabbitmq/view.h"

#include "collectors/amqp.h"
#include "collectors/choice.h"
#include "lib/number.h"
#include "lib/verdict.h"

#include <sys/socket.h>

static const char *const mode_names[] = {"overview", "node",      "queue", "cluster",
                                         "compute",  "aliveness", NULL};
/* In the order of enum verdict. */
static const char *const missing_names[] = {"ok", "warning", "critical", "unknown", NULL};

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

static const struct args defaults = {.pattern = "compute.*", .missing = VERDICT_UNKNOWN};

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
        return rabbitmq_view_failed(view, end);
    report_value(view->report, TIME, NULL, to_microseconds(answer.total));
    for (size_t phase = 0; phase < AMQP_PHASE_COUNT; phase++)
        report_value(view->report, PHASE, amqp_phase_name(phase), to_microseconds(answer.seconds[phase]));
    report_text(view->report, "a message went through vhost \"%s\" of \"%s:%lld\" and back in %.3f s",
                question.vhost, question.host, (long long)question.port, answer.total);
    return true;
}

static bool (*const modes[])(struct view *view) = {
    [OVERVIEW] = rabbitmq_measure_overview, [NODE] = rabbitmq_measure_node,
    [QUEUE] = rabbitmq_measure_queue,       [CLUSTER] = rabbitmq_measure_cluster,
    [COMPUTE] = rabbitmq_measure_compute,   [ALIVENESS] = measure_aliveness,
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
