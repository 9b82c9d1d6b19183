/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alarms of RabbitMQ from both of the places that tell them. */
#include "collectors/rabbitmq.h"

static bool is_known(const struct rabbitmq_alarms *alarms, const struct rabbitmq_alarm *alarm)
{
    for (size_t i = 0; i < alarms->count; i++)
        if (strcmp(alarms->items[i].node, alarm->node) == 0 &&
            strcmp(alarms->items[i].resource, alarm->resource) == 0)
            return true;
    return false;
}

/* "disk space" of one place is "disk" of the other. */
static void add(struct rabbitmq_alarms *alarms, struct rabbitmq_alarm alarm)
{
    if (strncmp(alarm.resource, "disk", 4) == 0)
        alarm.resource = "disk";
    if (!is_known(alarms, &alarm))
        alarms->items[alarms->count++] = alarm;
}

static void add_health(struct rabbitmq_alarms *alarms, const struct rabbitmq_health *health)
{
    for (size_t i = 0; i < health->alarms.count; i++)
        add(alarms, health->alarms.items[i]);
    if (health->failed && health->alarms.count == 0)
        add(alarms, (struct rabbitmq_alarm){"", health->reason});
}

static void add_nodes(struct rabbitmq_alarms *alarms, const struct rabbitmq_nodes *nodes)
{
    for (size_t i = 0; i < nodes->count; i++) {
        const struct rabbitmq_node *node = &nodes->items[i];
        if (node->memory_alarm == RABBITMQ_YES)
            add(alarms, (struct rabbitmq_alarm){node->name, "memory"});
        if (node->disk_alarm == RABBITMQ_YES)
            add(alarms, (struct rabbitmq_alarm){node->name, "disk"});
    }
}

enum source_end rabbitmq_read_alarms(const struct rabbitmq_source *source, const struct rabbitmq_nodes *nodes,
                                     struct arena *arena, struct rabbitmq_alarms *alarms, struct error *error)
{
    struct rabbitmq_health health;
    struct rabbitmq_nodes asked = {.count = 0};
    enum source_end end = rabbitmq_read_health(source, "alarms", arena, &health, error);
    if (end == SOURCE_READ && !health.offered && !nodes) {
        end = rabbitmq_read_nodes(source, NULL, arena, &asked, error);
        nodes = &asked;
    }
    if (end != SOURCE_READ)
        return end;
    size_t most = health.alarms.count + 1 + (nodes ? 2 * nodes->count : 0);
    *alarms = (struct rabbitmq_alarms){.items = arena_get(arena, most, sizeof *alarms->items)};
    add_health(alarms, &health);
    if (nodes)
        add_nodes(alarms, nodes);
    return end;
}
