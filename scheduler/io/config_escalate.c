/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The row `escalate` of an alert rule. */
#include "scheduler/io/config_parts.h"

#include <limits.h>

static void read_groups(struct config_loader *loader, const struct config_row *row, const struct node *node,
                        void *target)
{
    struct escalation *step = target;
    config_users_group_list(loader, row, node, &step->groups, &step->group_count);
}

static void read_urgency(struct config_loader *loader, const struct config_row *row, const struct node *node,
                         void *target)
{
    const struct config_row named = {.key = row->key, .choices = &urgency_names[URGENCY_NOTIFY]};
    unsigned choice = UINT_MAX;
    config_read_choice(loader, &named, node, &choice);
    if (choice != UINT_MAX)
        *(enum urgency *)target = URGENCY_NOTIFY + choice;
}

const struct config_row config_escalate_rows[] = {
    {"after", CONFIG_DURATION(struct escalation, after), .required = true, .low = 1,
     .help = "how long after the problem was first told, when nobody has acknowledged it"},
    {"groups", CONFIG_BY(read_groups, "list of groups"), .required = true, .help = "who is told as well"},
    {"urgency", CONFIG_MEMBER(read_urgency, "choice", enum urgency, struct escalation, urgency),
     .choices = &urgency_names[URGENCY_NOTIFY], .without = "that of the verdict",
     .help = "by which contacts"},
    {0},
};

void config_escalate_read(struct config_loader *loader, const struct config_row *row, const struct node *node,
                          void *target)
{
    struct alert_rule *rule = target;
    const struct node *list = config_rows_list(loader, row, node);
    int64_t before = 0;
    rule->steps = arena_get(loader->arena, list->count, sizeof *rule->steps);
    rule->step_count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        const struct entry *item = &list->entries[i];
        config_rows_read(loader, row->rows, item->value, item->place, &rule->steps[i]);
        if (rule->steps[i].after && rule->steps[i].after <= before)
            findings_error(loader->draft, item->place,
                           "a step of \"escalate\" comes later than the one before it");
        before = rule->steps[i].after;
    }
}
