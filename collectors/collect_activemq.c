/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every key that ActiveMQ's statistics have, for the broker or a queue. */
#include "collectors/activemq_options.h"

#include <math.h>

struct args {
    struct activemq_options source;
    const char *report;
};

static const char *const reports[] = {"broker", NULL};

static const struct option_row options[] = {
    ACTIVEMQ_OPTIONS(struct args, source),
    {"report", 'r', TEXT(struct args, report), .value = "broker|QUEUE",
     .help = "What to report on: the broker as a whole, or the queue of this name. The wildcards * and > of "
             "ActiveMQ ask for all queues that match.",
     .choices = reports},
    {0},
};

#define GAUGE(name_, help_, unit_)                                                                           \
    {                                                                                                        \
        name_, help_, unit_, .graph = (name_)                                                                \
    }
#define TOTAL(name_, help_)                                                                                  \
    {                                                                                                        \
        name_, help_, "c", METRIC_DERIVE, .has_min = true, .graph = (name_)                                  \
    }

static const struct metric_row metrics[] = {
    GAUGE("size", "messages that wait", ""),
    TOTAL("enqueue_count", "messages put in"),
    TOTAL("dequeue_count", "messages taken and acknowledged"),
    TOTAL("dispatch_count", "messages sent to consumers"),
    TOTAL("expired_count", "messages that nobody took in time"),
    GAUGE("inflight_count", "messages sent and not acknowledged", ""),
    GAUGE("consumer_count", "consumers", ""),
    GAUGE("producer_count", "producers", ""),
    GAUGE("messages_cached", "messages in the cache", ""),
    GAUGE("memory_usage", "memory in use", "B"),
    GAUGE("memory_limit", "limit of the memory", "B"),
    GAUGE("memory_percent_usage", "memory in use, of the limit", "%"),
    GAUGE("store_usage", "store in use", "B"),
    GAUGE("store_limit", "limit of the store", "B"),
    GAUGE("store_percent_usage", "store in use, of the limit", "%"),
    GAUGE("temp_usage", "temporary store in use", "B"),
    GAUGE("temp_limit", "limit of the temporary store", "B"),
    GAUGE("temp_percent_usage", "temporary store in use, of the limit", "%"),
    GAUGE("average_enqueue_time", "time in the queue, on average", "ms"),
    GAUGE("min_enqueue_time", "shortest time in the queue", "ms"),
    GAUGE("max_enqueue_time", "longest time in the queue", "ms"),
    GAUGE("average_message_size", "size of a message, on average", "B"),
    {0},
};

/* The broker's key of a metric: "memory_percent_usage" is "memoryPercentUsage" there. */
static void write_key(struct text *key, const char *metric)
{
    bool capital = false;
    text_clear(key);
    for (; *metric; metric++) {
        if (*metric != '_')
            text_add_char(key, capital ? (char)(*metric - 'a' + 'A') : *metric);
        capital = *metric == '_';
    }
}

static void report_map(const struct activemq_map *map, bool several, struct report *report)
{
    const char *instance = several ? activemq_queue_name(map) : NULL;
    struct text key = TEXT_INIT;
    for (size_t metric = 0; metrics[metric].name; metric++) {
        write_key(&key, metrics[metric].name);
        double value = activemq_number(map, key.bytes);
        if (!isnan(value))
            report_value(report, metric, instance, value);
    }
    text_release(&key);
    for (size_t i = 0; i < map->count && !several; i++)
        report_fact(report, map->entries[i].key, map->entries[i].value);
}

static bool is_broker(const struct args *args)
{
    return strcmp(args->report, "broker") == 0;
}

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    (void)run;
    return activemq_options_check(&args->source, error) &&
           (is_broker(args) || activemq_is_queue(args->report, error));
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct activemq_answer answer;
    if (!activemq_options_read(&args->source, run, report, is_broker(args) ? NULL : args->report, &answer))
        return false;
    if (answer.count == 0)
        return report_failure(report, VERDICT_UNKNOWN, "the broker has no queue \"%s\"", args->report);
    for (size_t i = 0; i < answer.count; i++)
        report_map(&answer.maps[i], answer.count > 1, report);
    return true;
}

static const struct args defaults = {.report = "broker"};

const struct check collect_activemq = {
    .name = "activemq",
    .title = "ACTIVEMQ",
    .summary = "every number of ActiveMQ's statistics, for the broker or a queue",
    .notes = "--format cacti prints every key as the broker has it, texts too; a key without a value is "
             "followed by "
             "itself, and a blank within a value is shown as \"_\".",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .measure = measure,
    .validate = validate,
    .collects = true,
};
