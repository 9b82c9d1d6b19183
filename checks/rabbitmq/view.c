/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "checks/rabbitmq/view.h"

#include "lib/rates.h"

#include <math.h>

bool rabbitmq_view_failed(struct view *view, enum source_end end)
{
    return source_failed(view->report, end, &view->error, view->limit);
}

void rabbitmq_view_known(struct view *view, enum metric metric, const char *instance, double value)
{
    if (!isnan(value))
        report_value(view->report, metric, instance, value);
}

void rabbitmq_view_compared(struct view *view, enum metric metric, const char *instance, double value,
                            const char *warning)
{
    struct value_frame frame = VALUE_FRAME_NONE;
    frame.warning = isnan(value) ? "" : warning; /* a range is for what is known */
    if (!isnan(value) || rates_pending(view->run->rates))
        report_value_framed(view->report, metric, instance, value, &frame);
}

struct rabbitmq_flow rabbitmq_view_flow(struct view *view, const char *instance, double messages,
                                        double publish, double deliver)
{
    struct rabbitmq_flow flow = {.messages = messages, .publish = publish, .deliver = deliver};
    const char *key = arena_format(view->run->arena, "messages %s", instance ? instance : "");
    flow.growth = growth_per_second(&view->growth, key, messages);
    flow.limit = growth_limit(view->report, MESSAGES, instance);
    flow.left = growth_time(messages, flow.growth, flow.limit);
    rabbitmq_view_compared(view, GROWTH, instance, flow.growth, NULL);
    if (!isnan(flow.limit))
        rabbitmq_view_compared(view, TIME_TO_LIMIT, instance, flow.left, NULL);
    return flow;
}

const char *rabbitmq_view_instance(struct view *view, const struct rabbitmq_queue *queue)
{
    bool plain = view->args->source.vhost || !*queue->vhost || strcmp(queue->vhost, "/") == 0;
    return plain ? queue->name : arena_format(view->run->arena, "%s/%s", queue->vhost, queue->name);
}

void rabbitmq_view_replicas(struct view *view, const struct rabbitmq_queue *queue, const char *instance)
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
