/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The downtimes of the configuration among those that people made. */
#include "scheduler/core/world_calm_parts.h"

#include "lib/memory.h"

static bool is_rule(const struct downtime *downtime, const struct downtime_rule *rule)
{
    return downtime->configured && strcmp(downtime->window, rule->window) == 0 &&
           strcmp(matcher_text(downtime->matcher), matcher_text(rule->matcher)) == 0 &&
           strcmp(downtime->comment, rule->comment) == 0 && downtime->children == rule->children;
}

static bool is_listed(const struct model *model, const struct downtime *downtime)
{
    for (size_t i = 0; i < model->downtime_count; i++)
        if (is_rule(downtime, &model->downtimes[i]))
            return true;
    return false;
}

static void take_rule(struct world *world, const struct downtime_rule *rule)
{
    struct downtimes *list = &world->calm.downtimes;
    for (size_t i = 0; i < list->count; i++)
        if (is_rule(&list->items[i], rule))
            return;
    if (list->count >= DOWNTIMES_MOST)
        return;
    struct downtime *downtime = downtimes_add(list);
    downtime->matcher = matcher_read(matcher_text(rule->matcher), NULL);
    downtime->author = memory_text("watchbill.yaml");
    downtime->comment = memory_text(rule->comment);
    downtime->window = memory_text(rule->window);
    downtime->start = 1; /* since ever */
    downtime->children = rule->children;
    downtime->configured = true;
}

void world_downtime_adopt(struct world *world)
{
    struct downtimes *list = &world->calm.downtimes;
    for (size_t i = 0; i < list->count;) {
        if (list->items[i].configured && !is_listed(world->model, &list->items[i]))
            downtimes_remove(list, i);
        else
            i++;
    }
    for (size_t i = 0; i < world->model->downtime_count; i++)
        take_rule(world, &world->model->downtimes[i]);
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].window)
            list->items[i].wake = 1; /* it may be another window now: look at once */
}
