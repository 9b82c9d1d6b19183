/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queues of a RabbitMQ: one, all of them, or those that nobody consumes. */
#include "checks/rabbitmq/view.h"

#include "collectors/rabbitmq_choose.h"

#include <math.h>

enum { DEEPEST_SHOWN = 10, NAMES_SHOWN = 5, JUDGED_CAP = 8000 };

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
    rabbitmq_view_replicas(view, queue, instance);
    report_value(view->report, MESSAGES, instance, numbers[RABBITMQ_QUEUE_MESSAGES]);
    rabbitmq_view_known(view, CONSUMERS, instance, numbers[RABBITMQ_QUEUE_CONSUMERS]);
    struct rabbitmq_flow flow =
        rabbitmq_view_flow(view, instance, numbers[RABBITMQ_QUEUE_MESSAGES],
                           numbers[RABBITMQ_QUEUE_PUBLISH_RATE], numbers[RABBITMQ_QUEUE_DELIVER_RATE]);
    rabbitmq_view_known(view, PUBLISH_RATE, instance, flow.publish);
    rabbitmq_view_known(view, DELIVER_RATE, instance, flow.deliver);
    rabbitmq_view_known(view, UNCONSUMED, instance, rabbitmq_flow_unconsumed(queue));
    rabbitmq_view_compared(view, OUTRUN, instance, rabbitmq_flow_outrun(&flow), NULL);
    rabbitmq_view_compared(view, STALLED, instance, rabbitmq_flow_stalled(queue, flow.growth),
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
    rabbitmq_view_known(view, READY, queue->name, numbers[RABBITMQ_QUEUE_READY]);
    rabbitmq_view_known(view, UNACKNOWLEDGED, queue->name, numbers[RABBITMQ_QUEUE_UNACKNOWLEDGED]);
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
        return rabbitmq_view_failed(view, end);
    if (queues.count == 1)
        report_one_queue(view, &queues.items[0]);
    else
        report_verdict(view->report, (enum verdict)view->args->missing,
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
        return rabbitmq_view_failed(view, end);
    if (!rabbitmq_choose(queues, &wish, &view->error))
        return report_failure(view->report, VERDICT_UNKNOWN, "%s", view->error.text);
    if (queues->count > JUDGED_CAP)
        return report_failure(view->report, VERDICT_UNKNOWN,
                              "%zu queues are too many to judge each: choose by --vhost, --regex or --ignore",
                              queues->count);
    if (queues->count > 0)
        return true;
    report_verdict(view->report, (enum verdict)view->args->missing,
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
    const char *instance = rabbitmq_view_instance(view, queue);
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

bool rabbitmq_measure_queue(struct view *view)
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
    rabbitmq_view_compared(view, STALLED, instance, rabbitmq_flow_stalled(queue, growth), NULL);
}

bool rabbitmq_measure_compute(struct view *view)
{
    struct rabbitmq_queues queues;
    struct untold untold = {.names = TEXT_INIT};
    size_t held = 0;
    if (!read_meant(view, &queues))
        return false;
    for (size_t i = 0; i < queues.count; i++) {
        const struct rabbitmq_queue *queue = &queues.items[i];
        const char *instance = rabbitmq_view_instance(view, queue);
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
