/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What keeps quiet by the configuration: downtimes that come again, and problems that explain others. */
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

/* ---- inhibition ---- */

static void read_states(struct config_loader *loader, const struct config_row *row, const struct node *node,
                        void *target)
{
    unsigned *states = target;
    const struct node *list = config_rows_list(loader, row, node);
    *states = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct config_row item = {.key = row->key};
        enum verdict verdict = VERDICT_OK;
        config_read_verdict(loader, &item, list->entries[i].value, &verdict);
        *states |= 1U << verdict;
    }
}

static void read_equal(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       void *target)
{
    const struct words *words = target;
    config_read_words(loader, row, node, target);
    for (size_t i = 0; i < words->count && node->kind == NODE_LIST; i++)
        if (strcmp(words->items[i], "host") != 0 && strcmp(words->items[i], "service") != 0 &&
            (strncmp(words->items[i], "tag.", 4) != 0 || words->items[i][4] == '\0'))
            findings_error(loader->draft, node->entries[i].place, "not host, service or tag.NAME: \"%s\"",
                           words->items[i]);
}

static const struct config_row source_rows[] = {
    {"match", CONFIG_MEMBER(read_matcher, "matcher", struct matcher *, struct inhibit_rule, source),
     .required = true, .help = "which checks explain others"},
    {"state", CONFIG_MEMBER(read_states, "list of verdicts", unsigned, struct inhibit_rule, states),
     .standard = "[WARNING, CRITICAL, UNKNOWN]", .help = "in which hard states they do"},
    {0},
};

static const struct config_row target_rows[] = {
    {"match", CONFIG_MEMBER(read_matcher, "matcher", struct matcher *, struct inhibit_rule, target),
     .required = true, .help = "which checks are explained"},
    {0},
};

const struct config_row config_calm_inhibit_rows[] = {
    {"source", CONFIG_MAP(source_rows), .required = true, .help = "the problem that explains others"},
    {"target", CONFIG_MAP(target_rows), .required = true,
     .help = "the problems of which nobody is told then"},
    {"equal", CONFIG_MEMBER(read_equal, "list", struct words, struct inhibit_rule, equal),
     .help = "what both have in common: host, service, tag.NAME"},
    {0},
};

void config_calm_inhibit(struct config_loader *loader, const struct config_row *row, const struct node *node,
                         void *target)
{
    (void)target;
    struct model *model = loader->model;
    const struct node *list = config_rows_list(loader, row, node);
    model->inhibits = arena_get(loader->arena, list->count, sizeof *model->inhibits);
    for (size_t i = 0; i < list->count; i++) {
        struct inhibit_rule *rule = &model->inhibits[model->inhibit_count++];
        config_rows_read(loader, row->rows, list->entries[i].value, list->entries[i].place, rule);
        rule->place = list->entries[i].place;
    }
}

/* ---- when everything is read ---- */

static void check_matcher(const struct config_loader *loader, const struct matcher *matcher,
                          struct place place)
{
    const struct model *model = loader->model;
    if (!matcher)
        return;
    for (size_t i = 0; i < model->binding_count; i++)
        if (matcher_matches(matcher, &model->bindings[i]))
            return;
    findings_warning(loader->draft, place, "no check is meant by \"%s\"", matcher_text(matcher));
}

void config_calm_check(struct config_loader *loader)
{
    const struct model *model = loader->model;
    for (size_t i = 0; i < model->downtime_count; i++)
        check_matcher(loader, model->downtimes[i].matcher, model->downtimes[i].place);
    for (size_t i = 0; i < model->inhibit_count; i++) {
        check_matcher(loader, model->inhibits[i].source, model->inhibits[i].place);
        check_matcher(loader, model->inhibits[i].target, model->inhibits[i].place);
    }
}
