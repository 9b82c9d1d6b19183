/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an answer of RabbitMQ's management: each of its parsers gives records that can be used, or says why
 * not. */
#include "collectors/rabbitmq.h"

#include "collectors/rabbitmq_choose.h"
#include "collectors/rabbitmq_flow.h"

#include <assert.h>
#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_queue(const struct rabbitmq_queue *queue)
{
    double held = rabbitmq_flow_unconsumed(queue), stalled = rabbitmq_flow_stalled(queue, 1);
    assert(queue->name && queue->vhost && queue->type && queue->state && queue->node && queue->missing);
    assert(isnan(held) || held <= 0 || held > 0);
    assert(isnan(stalled) || stalled <= 0 || stalled > 0);
    assert(isnan(queue->members) == isnan(queue->online));
}

static void check_queues(const char *bytes, size_t length, struct arena *arena)
{
    struct rabbitmq_queues queues = {.pages = 1};
    const struct rabbitmq_wish wish = {NULL, NULL, "a*"};
    struct error error = {""};
    bool done = rabbitmq_queues_add(&queues, bytes, length, arena, &error);
    assert(done || error.text[0] != '\0');
    for (size_t i = 0; done && i < queues.count; i++)
        check_queue(&queues.items[i]);
    assert(!done || (queues.pages >= 0 && queues.pages <= 1000));
    assert(!done || rabbitmq_choose(&queues, &wish, &error));
}

static void check_nodes(const char *bytes, size_t length, struct arena *arena)
{
    struct rabbitmq_nodes nodes;
    struct error error = {""};
    bool done = rabbitmq_nodes_parse(bytes, length, arena, &nodes, &error);
    assert(done ? nodes.count > 0 : error.text[0] != '\0');
    for (size_t i = 0; done && i < nodes.count; i++)
        assert(nodes.items[i].name && nodes.items[i].parted_from);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena *arena = arena_create();
    struct rabbitmq_overview overview;
    struct rabbitmq_health health;
    struct error error = {""};
    const char *text = (const char *)bytes;
    check_queues(text, length, arena);
    check_nodes(text, length, arena);
    if (rabbitmq_overview_parse(text, length, arena, &overview, &error))
        assert(overview.version && overview.node && overview.cluster);
    if (rabbitmq_health_parse(text, length, arena, &health, &error))
        assert(health.offered && health.reason && health.queues &&
               (health.alarms.items || !health.alarms.count));
    arena_free(arena);
    return 0;
}
