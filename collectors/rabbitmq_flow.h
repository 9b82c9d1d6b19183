/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the numbers of a queue say about its messages: do they come faster than they go, does anyone take them? */
#ifndef WATCHBILL_COLLECTORS_RABBITMQ_FLOW_H
#define WATCHBILL_COLLECTORS_RABBITMQ_FLOW_H

#include "collectors/rabbitmq.h"

/* How messages come and go, of one queue or of all. Each member may be NaN: not known. */
struct rabbitmq_flow {
    double messages, publish, deliver; /* the last two per second, as the server says */
    double growth;                     /* per second, since the run before */
    double limit, left;                /* messages, and the seconds until there are so many (growth_time) */
};

/* rabbitmq_flow_write(flow, text): add ", in 12/s, out 3/s, grows by 9/s: reaches 10000 in 2h10m". */
void rabbitmq_flow_write(const struct rabbitmq_flow *flow, struct text *text);

/* rabbitmq_flow_growth(flow, text): add the part on the growth, and only if it reaches the limit. */
void rabbitmq_flow_growth(const struct rabbitmq_flow *flow, struct text *text);

/* rabbitmq_flow_outrun(flow): the messages published above those delivered, per second; 0 unless the queue grows, the
 * difference is over a tenth, and ten seconds' worth of publishing wait: less is how every queue breathes. */
double rabbitmq_flow_outrun(const struct rabbitmq_flow *flow);

/* rabbitmq_flow_unconsumed(queue): its messages when it has no consumer, else 0. */
double rabbitmq_flow_unconsumed(const struct rabbitmq_queue *queue);

/* rabbitmq_flow_stalled(queue, growth): its ready messages when it has consumers that took none since the run before,
 * else 0. */
double rabbitmq_flow_stalled(const struct rabbitmq_queue *queue, double growth);

#endif
