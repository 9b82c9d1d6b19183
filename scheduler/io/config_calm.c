/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What keeps quiet by the configuration: downtimes that come again. */
#include "scheduler/core/matcher.h"
#include "scheduler/io/config_parts.h"

#include "lib/memory.h"

/* A matcher into a struct matcher *, which model_free releases. */
static void read_matcher(struct config_loader *loader, const struct config_row *row, const struct node *node,
                         void *target)
{
    struct error error = {""};
    const char *text = config_rows_text(loader, row, node);
    struct matcher *matcher = text ? matcher_read(text, &error) : NULL;
    if (text && !matcher)
        findings_error(loader->draft, node->place, "\"%s\": %s", row->key, error.text);
    *(struct matcher **)target = matcher;
}

/* Windows are read after this, so the name is looked up at the end. */
static void read_window(struct config_loader *loader, const struct config_row *row, const struct node *node,
                        void *target)
{
    const char *name = NULL;
    config_read_name(loader, row, node, &name);
    if (name)
        config_links_add(loader, CONFIG_LINK_WINDOW, name, node->place);
    *(const char **)target = name;
}

const struct config_row config_calm_downtime_rows[] = {
    {"match", CONFIG_MEMBER(read_matcher, "matcher", struct matcher *, struct downtime_rule, matcher),
     .required = true,
     .help = "which checks: HOST/CHECK, host=, check=, service= or tag.NAME=, a text or /regex/"},
    {"window", CONFIG_MEMBER(read_window, "window", const char *, struct downtime_rule, window),
     .required = true, .help = "when"},
    {"comment", CONFIG_TEXT(struct downtime_rule, comment), .help = "what is done then"},
    {"children", CONFIG_FLAG(struct downtime_rule, children), .standard = "false",
     .help = "whether the hosts behind those are meant as well"},
    {0},
};

void config_calm_downtimes(struct config_loader *loader, const struct config_row *row,
                           const struct node *node, void *target)
{
    (void)target;
    struct model *model = loader->model;
    const struct node *list = config_rows_list(loader, row, node);
    model->downtimes = arena_get(loader->arena, list->count, sizeof *model->downtimes);
    for (size_t i = 0; i < list->count; i++) {
        struct downtime_rule *rule = &model->downtimes[model->downtime_count++];
        config_rows_read(loader, row->rows, list->entries[i].value, list->entries[i].place, rule);
        rule->place = list->entries[i].place;
        if (!rule->comment)
            rule->comment = "";
    }
}
