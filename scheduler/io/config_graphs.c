/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows `collect` and `graphs` of a service. */
#include "scheduler/io/config_parts.h"

/* ---- collect ---- */

static const char *const types[] = {"GAUGE", "COUNTER", "DERIVE", "ABSOLUTE", NULL};

static const struct config_row key_rows[] = {
    {"key", CONFIG_WORDS(struct collect_key, path), .required = true,
     .help = "the keys of the dictionary from the outside in"},
    {"type", CONFIG_CHOICE_NAME(struct collect_key, type, types), .standard = "GAUGE",
     .help = "the kind of number"},
    {0},
};

static void read_keys(struct config_loader *loader, const struct config_row *row, const struct node *node,
                      void *target)
{
    struct collect_plan *plan = target;
    const struct node *map = config_rows_named(loader, row, node);
    plan->keys = arena_get(loader->arena, map->count, sizeof *plan->keys);
    for (size_t i = 0; i < map->count; i++) {
        const struct entry *entry = &map->entries[i];
        struct collect_key *key = &plan->keys[plan->key_count++];
        config_rows_read(loader, row->rows, entry->value, entry->place, key);
        key->label = entry->name;
        if (entry->value->kind == NODE_MAP && key->path.count == 0)
            findings_error(loader->draft, entry->place, "\"key\" names no key");
    }
}

static const struct config_row store_rows[] = {
    {"every", CONFIG_DURATION(struct collect_plan, store_every), .low = 1000,
     .without = "as every of the collect", .help = "the step of its files"},
    {"keys", CONFIG_BY(read_keys, "map of labels"), .required = true, .rows = key_rows, .shape = CONFIG_NAMED,
     .help = "what is kept, by the label of its file"},
    {0},
};

const struct config_row config_collects_rows[] = {
    {"command",
     CONFIG_MEMBER(config_checks_command, "list of words", struct words, struct collect_plan, command),
     .required = true, .help = "the program, which prints a dictionary"},
    {"every", CONFIG_DURATION(struct collect_plan, every), .standard = "60s", .low = 100,
     .help = "the time between two runs"},
    {"timeout", CONFIG_DURATION(struct collect_plan, timeout), .without = "that of workers", .low = 100,
     .high = 3600000, .help = "how long one run may take"},
    {"when", CONFIG_MEMBER(config_checks_when, "list of statuses", unsigned, struct collect_plan, when),
     .standard = "[active]", .choices = status_names, .help = "the statuses of hosts on which it runs"},
    {"store", CONFIG_MAP(store_rows), .help = "what is kept of it"},
    {0},
};

static int compare_collects(const void *one, const void *other)
{
    const struct collect_plan *a = one;
    const struct collect_plan *b = other;
    return strcmp(a->name, b->name);
}

void config_collects_read(struct config_loader *loader, const struct config_row *row, const struct node *node,
                          void *target)
{
    (void)target;
    struct service *service = loader->service;
    const struct node *map = config_rows_named(loader, row, node);
    service->collects = arena_get(loader->arena, map->count, sizeof *service->collects);
    for (size_t i = 0; i < map->count; i++) {
        const struct entry *entry = &map->entries[i];
        struct collect_plan *plan = &service->collects[service->collect_count++];
        config_rows_read(loader, row->rows, entry->value, entry->place, plan);
        plan->name = entry->name;
        plan->place = entry->place;
        if (plan->timeout == 0)
            plan->timeout = loader->model->site.worker_timeout;
        if (plan->store_every == 0)
            plan->store_every = plan->every < 1000 ? 1000 : plan->every;
        for (size_t c = 0; c < service->check_count; c++)
            if (strcmp(service->checks[c].name, plan->name) == 0)
                findings_error(loader->draft, entry->place, "a check has this name already: \"%s\"",
                               plan->name);
    }
    if (service->collect_count)
        qsort(service->collects, service->collect_count, sizeof *service->collects, compare_collects);
}

/* ---- graphs ---- */

struct graph_draft {
    struct graph_plan *plan;
    bool stack;
    struct words negative;
};

/* The name may hold dots itself, so that the longest one that fits is not sought: any will do. */
static bool begins_with_name(const char *metric, const char *name)
{
    size_t length = strlen(name);
    return strncmp(metric, name, length) == 0 && metric[length] == '.' && metric[length + 1] != '\0';
}

static void check_metric(struct config_loader *loader, const char *metric, struct place place)
{
    const struct service *service = loader->service;
    const char *dot = strchr(metric, '.');
    struct nearest nearest = {
        .wanted = arena_text_of(loader->scratch, metric, dot ? (size_t)(dot - metric) : strlen(metric))};
    for (size_t i = 0; i < service->check_count; i++) {
        if (begins_with_name(metric, service->checks[i].name))
            return;
        nearest_try(&nearest, service->checks[i].name);
    }
    for (size_t i = 0; i < service->collect_count; i++) {
        if (begins_with_name(metric, service->collects[i].name))
            return;
        nearest_try(&nearest, service->collects[i].name);
    }
    if (!dot || dot[1] == '\0')
        findings_error(loader->draft, place, "a metric is written CHECK.LABEL: \"%s\"", metric);
    else
        findings_unknown(loader->draft, place, "check", &nearest);
}

static void read_metric(struct config_loader *loader, const struct config_row *row, const struct node *node,
                        void *target)
{
    const char *metric = config_rows_text(loader, row, node);
    if (metric)
        check_metric(loader, metric, node->place);
    *(const char **)target = metric;
}

static const struct config_row item_rows[] = {
    {"metric", CONFIG_MEMBER(read_metric, "CHECK.LABEL", const char *, struct graph_item, metric),
     .required = true, .help = "the metric; * in LABEL stands for any text"},
    {"label", CONFIG_TEXT(struct graph_item, label), .without = "by the metric",
     .help = "its name in the legend"},
    {"stack", CONFIG_FLAG(struct graph_item, stack), .standard = "false",
     .help = "whether it stands on the one before"},
    {"negative", CONFIG_FLAG(struct graph_item, negative), .standard = "false",
     .help = "whether it is drawn below the axis"},
    {0},
};

static const struct config_row metric_row = {.key = "metrics", .rows = item_rows};

static void read_metrics(struct config_loader *loader, const struct config_row *row, const struct node *node,
                         void *target)
{
    struct graph_plan *plan = ((struct graph_draft *)target)->plan;
    const struct node *list = config_rows_list(loader, row, node);
    plan->items = arena_get(loader->arena, list->count, sizeof *plan->items);
    for (size_t i = 0; i < list->count; i++) {
        const struct entry *entry = &list->entries[i];
        struct graph_item *item = &plan->items[plan->item_count++];
        if (entry->value->kind == NODE_TEXT)
            read_metric(loader, &metric_row, entry->value, &item->metric);
        else
            config_rows_read(loader, row->rows, entry->value, entry->place, item);
    }
    if (list->count == 0)
        findings_error(loader->draft, node->place, "\"metrics\" is empty");
}

static void read_label(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       void *target)
{
    config_read_text(loader, row, node, &((struct graph_draft *)target)->plan->label);
}

static void read_overlay(struct config_loader *loader, const struct config_row *row, const struct node *node,
                         void *target)
{
    config_read_words(loader, row, node, &((struct graph_draft *)target)->plan->overlay);
}

const struct config_row config_graphs_rows[] = {
    {"metrics", CONFIG_BY(read_metrics, "list of CHECK.LABEL or of maps"), .required = true,
     .rows = item_rows, .shape = CONFIG_LISTED, .help = "what is drawn"},
    {"label", CONFIG_BY(read_label, "text"), .help = "the text beside the axis"},
    {"stack", CONFIG_FLAG(struct graph_draft, stack), .standard = "false",
     .help = "whether all metrics stand on each other"},
    {"negative", CONFIG_WORDS(struct graph_draft, negative),
     .help = "those of the metrics that are drawn below the axis"},
    {"overlay", CONFIG_BY(read_overlay, "list of words"), .help = "events that are drawn as vertical lines"},
    {0},
};

static void apply_to_all(struct config_loader *loader, const struct graph_draft *draft,
                         const struct node *map)
{
    struct graph_plan *plan = draft->plan;
    const struct entry *entry = map->kind == NODE_MAP ? config_document_find(map, "negative") : NULL;
    struct place place = entry ? entry->value->place : map->place;
    for (size_t i = 0; draft->stack && i < plan->item_count; i++)
        plan->items[i].stack = true;
    for (size_t n = 0; n < draft->negative.count; n++) {
        const char *name = draft->negative.items[n];
        struct nearest nearest = {.wanted = name};
        bool found = false;
        for (size_t i = 0; i < plan->item_count; i++)
            if (plan->items[i].metric && strcmp(plan->items[i].metric, name) == 0) {
                plan->items[i].negative = true;
                found = true;
            } else {
                nearest_try(&nearest, plan->items[i].metric);
            }
        if (!found)
            findings_unknown(loader->draft, place, "metric of this graph", &nearest);
    }
}

static int compare_graphs(const void *one, const void *other)
{
    const struct graph_plan *a = one;
    const struct graph_plan *b = other;
    return strcmp(a->name, b->name);
}

void config_graphs_read(struct config_loader *loader, const struct config_row *row, const struct node *node,
                        void *target)
{
    (void)target;
    struct service *service = loader->service;
    const struct node *map = config_rows_named(loader, row, node);
    service->graphs = arena_get(loader->arena, map->count, sizeof *service->graphs);
    for (size_t i = 0; i < map->count; i++) {
        const struct entry *entry = &map->entries[i];
        struct graph_draft draft = {.plan = &service->graphs[service->graph_count++]};
        config_rows_read(loader, row->rows, entry->value, entry->place, &draft);
        draft.plan->name = entry->name;
        draft.plan->place = entry->place;
        apply_to_all(loader, &draft, entry->value);
    }
    if (service->graph_count)
        qsort(service->graphs, service->graph_count, sizeof *service->graphs, compare_graphs);
}
