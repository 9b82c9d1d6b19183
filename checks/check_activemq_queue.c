/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ActiveMQ: how many messages wait in a queue, and how full is its memory? */
#include "collectors/activemq_options.h"
#include "lib/range.h"

#include <math.h>

struct args {
    struct activemq_options source;
    const char *queue, *queue_warn, *queue_crit, *memory_warn, *memory_crit;
    int missing;
};

enum { SIZE, MEMORY, CONSUMERS, PRODUCERS, IN_FLIGHT, ENQUEUED, DEQUEUED, EXPIRED };

static const char *const missing_names[] = {"ok", "warning", "critical", "unknown", NULL};
static const enum verdict missing_verdicts[] = {VERDICT_OK, VERDICT_WARNING, VERDICT_CRITICAL,
                                                VERDICT_UNKNOWN};

static const struct option_row options[] = {
    ACTIVEMQ_OPTIONS(struct args, source),
    {"queue", 'q', TEXT(struct args, queue), .value = "NAME",
     .help = "The queue. The wildcards * and > of ActiveMQ ask for all that match."},
    {"queue-warn", 0, TEXT(struct args, queue_warn), .value = "RANGE",
     .help = "WARNING when the number of messages is outside of the range: above a plain number."},
    {"queue-crit", 0, TEXT(struct args, queue_crit), .value = "RANGE",
     .help = "CRITICAL when the number of messages is outside of the range."},
    {"memory-warn", 0, TEXT(struct args, memory_warn), .value = "RANGE",
     .help = "WARNING when the memory in use, in percent of the queue's limit, is outside of the range."},
    {"memory-crit", 0, TEXT(struct args, memory_crit), .value = "RANGE",
     .help = "CRITICAL when the memory in use, in percent of the queue's limit, is outside of the range."},
    {"missing", 0, CHOICE(struct args, missing), .value = "STATE", .choices = missing_names,
     .help = "The state when the broker has no such queue."},
    {0},
};

static const struct metric_row metrics[] = {
    [SIZE] = {"size", "messages in the queue", "", .has_min = true, .graph = "messages"},
    [MEMORY] = {"memory", "memory in use, of the queue's limit", "%", .has_min = true, .has_max = true,
                .max = 100, .graph = "memory"},
    [CONSUMERS] = {"consumers", "consumers of the queue", "", .has_min = true, .graph = "clients"},
    [PRODUCERS] = {"producers", "producers of the queue", "", .has_min = true, .quiet = true,
                   .graph = "clients"},
    [IN_FLIGHT] = {"in_flight", "messages sent and not acknowledged", "", .quiet = true, .graph = "messages"},
    [ENQUEUED] = {"enqueued", "messages put into the queue", "c", METRIC_DERIVE, .has_min = true,
                  .quiet = true, .graph = "rate"},
    [DEQUEUED] = {"dequeued", "messages taken from the queue", "c", METRIC_DERIVE, .has_min = true,
                  .quiet = true, .graph = "rate"},
    [EXPIRED] = {"expired", "messages that nobody took in time", "c", METRIC_DERIVE, .has_min = true,
                 .quiet = true, .graph = "rate"},
    {0},
};

static const char *const keys[] = {
    [SIZE] = "size",
    [MEMORY] = "memoryPercentUsage",
    [CONSUMERS] = "consumerCount",
    [PRODUCERS] = "producerCount",
    [IN_FLIGHT] = "inflightCount",
    [ENQUEUED] = "enqueueCount",
    [DEQUEUED] = "dequeueCount",
    [EXPIRED] = "expiredCount",
};

enum { KEYS = sizeof keys / sizeof keys[0] };

static bool check_range(const char *option, const char *text, struct error *error)
{
    struct range range;
    if (!text || range_read(text, &range, error))
        return true;
    return error_prefix(error, "--%s", option);
}

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    (void)run;
    return check_range("queue-warn", args->queue_warn, error) &&
           check_range("queue-crit", args->queue_crit, error) &&
           check_range("memory-warn", args->memory_warn, error) &&
           check_range("memory-crit", args->memory_crit, error) &&
           activemq_options_check(&args->source, error) &&
           (args->queue || error_set(error, "--queue is missing")) && activemq_is_queue(args->queue, error);
}

static struct value_frame frame_of(const struct args *args, size_t metric)
{
    struct value_frame frame = VALUE_FRAME_NONE;
    if (metric == SIZE) {
        frame.warning = args->queue_warn;
        frame.critical = args->queue_crit;
    } else if (metric == MEMORY) {
        frame.warning = args->memory_warn;
        frame.critical = args->memory_crit;
    }
    return frame;
}

/* A number that this broker's version does not tell is left out; the size must be there. */
static double report_queue(const struct args *args, const struct activemq_map *map, const char *instance,
                           struct report *report)
{
    for (size_t metric = 0; metric < KEYS; metric++) {
        const struct value_frame frame = frame_of(args, metric);
        double value = activemq_number(map, keys[metric]);
        if (metric == SIZE || !isnan(value) || frame.warning || frame.critical)
            report_value_framed(report, metric, instance, value, &frame);
    }
    return activemq_number(map, keys[SIZE]);
}

static void report_queues(const struct args *args, const struct activemq_answer *answer,
                          struct report *report)
{
    double total = 0;
    bool alone = answer->count == 1 && strcmp(activemq_queue_name(&answer->maps[0]), args->queue) == 0;
    for (size_t i = 0; i < answer->count; i++)
        total += report_queue(args, &answer->maps[i], alone ? NULL : activemq_queue_name(&answer->maps[i]),
                              report);
    if (isnan(total))
        report_verdict(report, VERDICT_UNKNOWN, "the broker does not tell the size of \"%s\"", args->queue);
    else if (alone)
        report_text(report, "%s has %.0f messages", args->queue, total);
    else
        report_text(report, "%s: %zu queues have %.0f messages", args->queue, answer->count, total);
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct activemq_answer answer;
    if (!activemq_options_read(&args->source, run, report, args->queue, &answer))
        return false;
    if (answer.count == 0)
        report_verdict(report, missing_verdicts[args->missing], "has no queue \"%s\"", args->queue);
    else
        report_queues(args, &answer, report);
    return true;
}

static const struct args defaults = {.missing = 3};

const struct check check_activemq_queue = {
    .name = "activemq_queue",
    .title = "ActiveMQ",
    .summary = "messages in a queue of ActiveMQ, and its memory",
    .notes = "The broker needs its statistics plugin; it is asked over STOMP, port 61613 unless -p is given, "
             "on this "
             "host unless -H (or --host) is. A plain number allows itself: --queue-warn 1000 warns at 1001.",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .measure = measure,
    .validate = validate,
    .status_first = true,
};
