/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the questions of check_rabbitmq share: its arguments, its metrics, and how a number is reported. */
#ifndef WATCHBILL_CHECKS_RABBITMQ_VIEW_H
#define WATCHBILL_CHECKS_RABBITMQ_VIEW_H

#include "collectors/growth.h"
#include "collectors/rabbitmq_flow.h"
#include "collectors/rabbitmq_options.h"

enum mode { OVERVIEW, NODE, QUEUE, CLUSTER, COMPUTE, ALIVENESS };

struct args {
    struct rabbitmq_options source;
    int mode;    /* enum mode */
    int missing; /* enum verdict: of a queue that there is not */
    const char *queue, *regex, *ignore, *pattern, *node;
};

/* The rows of the check. */
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

/* rabbitmq_view_failed(view, end): report that reading ended so, with the sentence in the view; false, for measure. */
bool rabbitmq_view_failed(struct view *view, enum source_end end);

/* rabbitmq_view_instance(view, queue): its name; "VHOST/NAME" where several vhosts are asked for, but for "/". */
const char *rabbitmq_view_instance(struct view *view, const struct rabbitmq_queue *queue);

/* rabbitmq_view_known(view, metric, instance, value): a sample, unless it is NaN. */
void rabbitmq_view_known(struct view *view, enum metric metric, const char *instance, double value);

/* rabbitmq_view_compared(view, metric, instance, value, warning): what is compared with the run before: not known for now
 * on the first run. ${warning}: its range; NULL: the row's. */
void rabbitmq_view_compared(struct view *view, enum metric metric, const char *instance, double value,
                            const char *warning);

/* rabbitmq_view_flow(view, instance, messages, publish, deliver): how these messages grow, and when they reach the range
 * of MESSAGES; both are reported. Rates are per second; NaN is not known. */
struct rabbitmq_flow rabbitmq_view_flow(struct view *view, const char *instance, double messages,
                                        double publish, double deliver);

/* rabbitmq_view_replicas(view, queue, instance): how many of its replicas are not online; nothing of a queue without. */
void rabbitmq_view_replicas(struct view *view, const struct rabbitmq_queue *queue, const char *instance);

/* The questions: of nodes in nodes.c, of queues in queues.c. false: the failure is reported. */
bool rabbitmq_measure_overview(struct view *view);
bool rabbitmq_measure_node(struct view *view);
bool rabbitmq_measure_cluster(struct view *view);
bool rabbitmq_measure_queue(struct view *view);
bool rabbitmq_measure_compute(struct view *view);

#endif
