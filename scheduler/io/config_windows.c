/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/config_parts.h"

struct window_draft {
    struct words days;
    const char *start, *end, *timezone;
    struct words all_except, exclude;
};

static void read_days(struct config_loader *loader, const struct config_row *row, const struct node *node,
                      void *target)
{
    struct words *words = target;
    if (node->kind != NODE_TEXT || config_document_empty(node)) {
        config_read_words(loader, row, node, words);
        return;
    }
    words->items = arena_get(loader->arena, 2, sizeof *words->items);
    words->items[0] = node->text;
    words->count = 1;
}

const struct config_row config_windows_rows[] = {
    {"days", CONFIG_MEMBER(read_days, "days or list of days", struct words, struct window_draft, days),
     .help = "mon-fri, sat, or a list of such; every day when only start or end is given"},
    {"start", CONFIG_TEXT(struct window_draft, start),
     .help = "HH:MM, the first minute; 00:00 when only days are given"},
    {"end", CONFIG_TEXT(struct window_draft, end),
     .help = "HH:MM, the first minute outside; one before start is on the next day"},
    {"all_except", CONFIG_WORDS(struct window_draft, all_except),
     .help = "all the time that is in none of these windows"},
    {"exclude", CONFIG_WORDS(struct window_draft, exclude),
     .help = "windows that are taken away from this one"},
    {"timezone", CONFIG_ZONE(struct window_draft, timezone),
     .without = "the user's, the group's or the site's", .help = "the zone of the times"},
    {0},
};

static void tell(struct config_loader *loader, struct place place, bool done, const struct error *error)
{
    if (!done)
        findings_error(loader->draft, place, "%s", error->text);
}

/* A key that is none of the rows' is in the words of Nagios: "monday", "december 25", "day -1". */
static const struct node *add_rules(struct config_loader *loader, struct window *window,
                                    const struct node *map)
{
    struct node *rest = arena_get(loader->scratch, 1, sizeof *rest);
    *rest = *map;
    rest->entries = arena_get(loader->scratch, map->count, sizeof *rest->entries);
    rest->count = 0;
    for (size_t i = 0; i < map->count; i++) {
        const struct entry *entry = &map->entries[i];
        struct error error;
        struct nearest nearest = {.wanted = entry->name};
        for (const struct config_row *row = config_windows_rows; row->key; row++)
            nearest_try(&nearest, row->key);
        if (config_rows_find(config_windows_rows, entry->name))
            rest->entries[rest->count++] = *entry;
        else if (entry->value->kind != NODE_TEXT)
            findings_unknown(loader->draft, entry->place, "key", &nearest);
        else if (!window_add_rule(window, entry->name, entry->value->text, &error))
            findings_error(loader->draft, entry->place, "%s%s%s%s", error.text,
                           nearest.name ? "; did you mean \"" : "", nearest.name ? nearest.name : "",
                           nearest.name ? "\"" : "");
    }
    return rest;
}

static struct place place_of(const struct node *map, const char *key, struct place otherwise)
{
    const struct entry *entry = config_document_find(map, key);
    return entry ? entry->value->place : otherwise;
}

static void add_days(struct config_loader *loader, struct window *window, const struct window_draft *draft,
                     const struct node *map, struct place place)
{
    struct error error;
    bool given = draft->days.count > 0;
    if (!given && !draft->start && !draft->end)
        return;
    const char *key = given ? "days" : draft->start ? "start" : "end";
    bool added =
        window_add_days(window, draft->days.items, draft->days.count, draft->start, draft->end, &error);
    tell(loader, place_of(map, key, place), added, &error);
}

static void read_window(struct config_loader *loader, const struct entry *entry)
{
    struct window_draft draft = {0};
    struct error error;
    struct window *window = window_add(loader->model->windows, entry->name, &error);
    if (!window || entry->value->kind != NODE_MAP) {
        if (window)
            findings_error(loader->draft, entry->place, "window \"%s\" must be a map of keys", entry->name);
        else
            findings_error(loader->draft, entry->place, "%s", error.text);
        return;
    }
    const struct node *map = add_rules(loader, window, entry->value);
    config_rows_read(loader, config_windows_rows, map, entry->place, &draft);
    if (draft.timezone)
        tell(loader, place_of(map, "timezone", entry->place), window_set_zone(window, draft.timezone, &error),
             &error);
    add_days(loader, window, &draft, map, entry->place);
    for (size_t i = 0; i < draft.all_except.count; i++)
        window_add_all_except(window, draft.all_except.items[i]);
    for (size_t i = 0; i < draft.exclude.count; i++)
        window_add_exclude(window, draft.exclude.items[i]);
    if (entry->value->count == (draft.timezone ? 1 : 0))
        findings_error(loader->draft, entry->place, "window \"%s\" says no times", entry->name);
}

static const struct window *find_window(struct config_loader *loader, const struct node *node)
{
    const struct window_set *set = loader->model->windows;
    const struct window *window = window_find(set, node->text);
    if (!window) {
        struct nearest nearest = {.wanted = node->text};
        for (size_t i = 0; i < window_count(set); i++)
            nearest_try(&nearest, window_name(window_at(set, i)));
        findings_unknown(loader->draft, node->place, "window", &nearest);
    }
    return window;
}

static bool check_names(struct config_loader *loader, const struct node *map, const char *key)
{
    bool known = true;
    const struct entry *entry = map->kind == NODE_MAP ? config_document_find(map, key) : NULL;
    if (!entry || entry->value->kind != NODE_LIST)
        return true;
    for (size_t i = 0; i < entry->value->count; i++)
        if (entry->value->entries[i].value->kind == NODE_TEXT)
            known &= find_window(loader, entry->value->entries[i].value) != NULL;
    return known;
}

void config_windows_read(struct config_loader *loader, const struct config_row *row, const struct node *node,
                         void *target)
{
    (void)target;
    struct error error;
    const char *blamed = NULL;
    bool known = true;
    const struct node *map = config_rows_named(loader, row, node);
    for (size_t i = 0; i < map->count; i++)
        read_window(loader, &map->entries[i]);
    for (size_t i = 0; i < map->count; i++) {
        known &= check_names(loader, map->entries[i].value, "all_except");
        known &= check_names(loader, map->entries[i].value, "exclude");
    }
    if (known && !window_set_resolve(loader->model->windows, &error, &blamed)) {
        const struct entry *entry = blamed ? config_document_find(map, blamed) : NULL;
        findings_error(loader->draft, entry ? entry->place : node->place, "%s", error.text);
    }
}

void config_windows_find(struct config_loader *loader, const struct config_row *row, const struct node *node,
                         void *target)
{
    if (config_rows_text(loader, row, node) && strcmp(node->text, "always") != 0)
        *(const struct window **)target = find_window(loader, node);
}
