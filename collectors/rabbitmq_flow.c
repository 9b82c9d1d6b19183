/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/rabbitmq_flow.h"

#include "collectors/growth.h"
#include "lib/number.h"

#include <math.h>

static void add_rate(struct text *text, const char *words, double rate)
{
    if (isnan(rate))
        return;
    text_format(text, ", %s ", words);
    number_write(text, number_round(rate, 1));
    text_add(text, "/s");
}

static bool reaches_limit(const struct rabbitmq_flow *flow)
{
    return flow->growth > 0 && flow->left > 0 && flow->left < GROWTH_NEVER;
}

static void add_growth(struct text *text, const struct rabbitmq_flow *flow)
{
    if (!(flow->growth > 0))
        return;
    add_rate(text, "grows by", flow->growth);
    if (reaches_limit(flow)) {
        text_format(text, ": reaches %.0f in ", flow->limit);
        duration_write(text, number_nearest(ceil(flow->left) * 1000));
    }
}

void rabbitmq_flow_write(const struct rabbitmq_flow *flow, struct text *text)
{
    add_rate(text, "in", flow->publish);
    add_rate(text, "out", flow->deliver);
    add_growth(text, flow);
}

void rabbitmq_flow_growth(const struct rabbitmq_flow *flow, struct text *text)
{
    if (reaches_limit(flow))
        add_growth(text, flow);
}

double rabbitmq_flow_outrun(const struct rabbitmq_flow *flow)
{
    if (isnan(flow->publish) || isnan(flow->deliver) || isnan(flow->growth))
        return (double)NAN;
    bool is_outrun =
        flow->growth > 0 && flow->publish > flow->deliver * 1.1 && flow->messages >= flow->publish * 10;
    return is_outrun ? flow->publish - flow->deliver : 0;
}

double rabbitmq_flow_unconsumed(const struct rabbitmq_queue *queue)
{
    double consumers = queue->numbers[RABBITMQ_QUEUE_CONSUMERS];
    if (isnan(consumers))
        return consumers;
    return consumers > 0 ? 0 : queue->numbers[RABBITMQ_QUEUE_MESSAGES];
}

double rabbitmq_flow_stalled(const struct rabbitmq_queue *queue, double growth)
{
    const double *numbers = queue->numbers;
    double ready = numbers[RABBITMQ_QUEUE_READY], consumers = numbers[RABBITMQ_QUEUE_CONSUMERS];
    if (isnan(growth) || isnan(ready) || isnan(consumers))
        return (double)NAN;
    bool takes = numbers[RABBITMQ_QUEUE_DELIVER_RATE] > 0 || growth < 0;
    return consumers > 0 && !takes ? ready : 0;
}
