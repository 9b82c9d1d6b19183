/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/config_parts.h"

static const int64_t second = 1000;

static const struct config_row archive_rows[] = {
    {"every", CONFIG_DURATION(struct archive, every), .required = true, .low = 1000,
     .help = "one consolidated value for this long"},
    {"keep", CONFIG_DURATION(struct archive, keep), .required = true, .low = 1000,
     .help = "how long such values are kept"},
    {0},
};

static void read_archives(struct config_loader *loader, const struct config_row *row, const struct node *node,
                          void *target)
{
    struct archives *archives = target;
    const struct node *list = config_rows_list(loader, row, node);
    archives->items = arena_get(loader->arena, list->count, sizeof *archives->items);
    archives->count = list->count;
    if (list->count == 0)
        findings_error(loader->draft, node->place, "\"%s\" is empty", row->key);
    for (size_t i = 0; i < list->count; i++) {
        const struct entry *item = &list->entries[i];
        struct archive *archive = &archives->items[i];
        config_rows_read(loader, archive_rows, item->value, item->place, archive);
        if (archive->every && archive->keep && archive->keep < archive->every)
            findings_error(loader->draft, item->place, "\"keep\" is shorter than \"every\"");
        else if (archive->every % second != 0)
            findings_error(loader->draft, item->place, "\"every\" must be whole seconds");
    }
}

static const struct config_row retention_rows[] = {
    {"match", CONFIG_TEXT(struct retention, match), .required = true,
     .help = "extended regular expression on HOST/CHECK"},
    {"priority", CONFIG_WHOLE(struct retention, priority), .standard = "0", .low = -1000000, .high = 1000000,
     .help = "of those that match the highest counts"},
    {"archives", CONFIG_MEMBER(read_archives, "list of maps", struct archives, struct retention, archives),
     .required = true, .rows = archive_rows, .shape = CONFIG_LISTED, .help = "the archives of such files"},
    {0},
};

static int compare_retentions(const void *one, const void *other)
{
    const struct retention *a = one;
    const struct retention *b = other;
    int order = (a->priority < b->priority) - (a->priority > b->priority);
    return order ? order : strcmp(a->match, b->match);
}

static void read_retentions(struct config_loader *loader, const struct config_row *row,
                            const struct node *node, void *target)
{
    struct site *site = target;
    const struct node *list = config_rows_list(loader, row, node);
    site->retentions = arena_get(loader->arena, list->count, sizeof *site->retentions);
    for (size_t i = 0; i < list->count; i++) {
        struct retention *retention = &site->retentions[site->retention_count];
        const struct entry *item = &list->entries[i];
        struct error error;
        config_rows_read(loader, row->rows, item->value, item->place, retention);
        if (!retention->match)
            continue;
        if (model_retention_compile(loader->arena, retention, &error))
            site->retention_count++;
        else
            findings_error(loader->draft, config_document_find(item->value, "match")->value->place, "%s",
                           error.text);
    }
    if (site->retention_count)
        qsort(site->retentions, site->retention_count, sizeof *site->retentions, compare_retentions);
}

/* librrd consolidates whole steps only. */
static void check_steps(struct config_loader *loader, const struct site *site,
                        const struct archives *archives, struct place place)
{
    for (size_t i = 0; i < archives->count; i++)
        if (site->rrd_step && archives->items[i].every % site->rrd_step != 0)
            findings_error(loader->draft, place, "archive %zu: \"every\" is no multiple of the step", i + 1);
}

const struct config_row config_rrd_rows[] = {
    {"step", CONFIG_DURATION(struct site, rrd_step), .standard = "60s", .low = 1000,
     .help = "the time between two stored values"},
    {"archives", CONFIG_MEMBER(read_archives, "list of maps", struct archives, struct site, archives),
     .rows = archive_rows, .shape = CONFIG_LISTED, .without = "60s for 2d, 5m for 2w, 1h for 2y",
     .help = "what every series keeps"},
    {"retentions", CONFIG_BY(read_retentions, "list of maps"), .rows = retention_rows, .shape = CONFIG_LISTED,
     .help = "what certain series keep instead"},
    {"rrdcached", CONFIG_WORD(struct site, rrdcached),
     .help = "address of rrdcached: unix:PATH or HOST:PORT"},
    {0},
};

void config_rrd_read(struct config_loader *loader, const struct config_row *row, const struct node *node,
                     void *target)
{
    struct site *site = target;
    config_rows_read(loader, row->rows, node, node->place, site);
    if (site->rrd_step % second != 0)
        findings_error(loader->draft, node->place, "\"step\" must be whole seconds");
    check_steps(loader, site, &site->archives, node->place);
    for (size_t i = 0; i < site->retention_count; i++)
        check_steps(loader, site, &site->retentions[i].archives, node->place);
}

void config_rrd_finish(struct config_loader *loader)
{
    struct site *site = &loader->model->site;
    static const struct archive standard[] = {
        {.every = 60000, .keep = INT64_C(2) * 86400000},
        {.every = 300000, .keep = INT64_C(14) * 86400000},
        {.every = 3600000, .keep = INT64_C(730) * 86400000},
    };
    enum { COUNT = sizeof standard / sizeof standard[0] };
    if (site->rrd_step == 0)
        site->rrd_step = 60000;
    if (site->archives.count)
        return;
    site->archives.items = arena_get(loader->arena, COUNT, sizeof *site->archives.items);
    for (size_t i = 0; i < COUNT; i++) {
        /* A step that does not divide them makes them as much coarser. */
        int64_t steps = (standard[i].every + site->rrd_step - 1) / site->rrd_step;
        struct archive archive = {.every = steps * site->rrd_step, .keep = standard[i].keep};
        if (archive.every > archive.keep)
            archive.keep = archive.every;
        site->archives.items[i] = archive;
    }
    site->archives.count = COUNT;
}
