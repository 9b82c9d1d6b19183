/* SPDX-License-Identifier: GPL-3.0-or-later */
/* routes.yaml is checked here; the model holds no routes. */
#include "scheduler/io/config_parts.h"

#include <regex.h>

struct match_draft {
    unsigned types;
    const char *subject;
    struct pairs tags;
};

struct route_draft {
    const char *graphite, *webhook, *prefix;
};

static const char *const type_names[] = {"metric", "status", "archive", NULL};

static void read_type(struct config_loader *loader, const struct config_row *row, const struct node *node,
                      void *target)
{
    unsigned choice;
    if (node->kind == NODE_TEXT && !config_document_empty(node)) {
        config_read_choice(loader, row, node, &choice);
        return;
    }
    const struct node *list = config_rows_list(loader, row, node);
    for (size_t i = 0; i < list->count; i++)
        config_read_choice(loader, row, list->entries[i].value, &choice);
    (void)target;
}

/* "/EXPRESSION/", or a subject as it is. */
static void read_subject(struct config_loader *loader, const struct config_row *row, const struct node *node,
                         void *target)
{
    const char *text = config_rows_text(loader, row, node);
    size_t length = text ? strlen(text) : 0;
    if (length >= 2 && text[0] == '/' && text[length - 1] == '/') {
        struct retention pattern = {.match = arena_text_of(loader->scratch, text + 1, length - 2)};
        struct error error;
        if (model_retention_compile(loader->scratch, &pattern, &error))
            regfree(pattern.pattern);
        else
            findings_error(loader->draft, node->place, "%s", error.text);
    }
    *(const char **)target = text;
}

static const struct config_row match_rows[] = {
    {"type", CONFIG_MEMBER(read_type, "type or list of types", unsigned, struct match_draft, types),
     .choices = type_names, .help = "metric, status or archive"},
    {"subject",
     CONFIG_MEMBER(read_subject, "text or /expression/", const char *, struct match_draft, subject),
     .help = "the subject of the event"},
    {"tags", CONFIG_PAIRS(struct match_draft, tags), .help = "tags that the event must have"},
    {0},
};

static void read_target(struct config_loader *loader, const struct config_row *row, const struct node *node,
                        void *target)
{
    const char *text = NULL;
    config_read_word(loader, row, node, &text);
    if (text && !strchr(text, ':'))
        findings_error(loader->draft, node->place, "\"%s\" must be HOST:PORT: \"%s\"", row->key, text);
    else if (text)
        *(const char **)target = text;
}

static const struct config_row to_rows[] = {
    {"graphite", CONFIG_MEMBER(read_target, "HOST:PORT", const char *, struct route_draft, graphite),
     .help = "a carbon line receiver"},
    {"prefix", CONFIG_WORD(struct route_draft, prefix), .help = "what each Graphite path begins with"},
    {"webhook", CONFIG_URL(struct route_draft, webhook), .help = "a URL that takes events as JSON"},
    {0},
};

static void read_match(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       void *target)
{
    (void)target;
    struct match_draft draft = {0};
    config_rows_read(loader, row->rows, node, node->place, &draft);
}

static void read_to(struct config_loader *loader, const struct config_row *row, const struct node *node,
                    void *target)
{
    (void)target;
    struct route_draft draft = {0};
    config_rows_read(loader, row->rows, node, node->place, &draft);
    if (node->kind == NODE_MAP && !config_document_find(node, "graphite") &&
        !config_document_find(node, "webhook"))
        findings_error(loader->draft, node->place, "\"to\" has none of \"graphite\" and \"webhook\"");
}

static const struct config_row route_rows[] = {
    {"match", CONFIG_BY(read_match, "map"), .rows = match_rows, .help = "which events; all when absent"},
    {"to", CONFIG_BY(read_to, "map"), .rows = to_rows, .required = true, .help = "where they go"},
    {0},
};

static void read_routes(struct config_loader *loader, const struct config_row *row, const struct node *node,
                        void *target)
{
    const struct node *list = config_rows_list(loader, row, node);
    for (size_t i = 0; i < list->count; i++)
        config_rows_read(loader, row->rows, list->entries[i].value, list->entries[i].place, target);
    if (list->count)
        findings_warning(loader->draft, node->place,
                         "routes are checked, but events are not yet sent to them");
}

const struct config_row config_routes_rows[] = {
    {"routes", CONFIG_BY(read_routes, "list of maps"), .rows = route_rows, .shape = CONFIG_LISTED,
     .help = "where events go besides the journal"},
    {0},
};

void config_routes_read(struct config_loader *loader, const struct node *root)
{
    config_rows_read(loader, config_routes_rows, root, root->place, loader->model);
}
