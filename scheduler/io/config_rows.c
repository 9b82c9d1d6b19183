/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/config_rows.h"

#include "scheduler/io/config_merge.h"

#include <ctype.h>

const struct config_row *config_rows_find(const struct config_row *rows, const char *key)
{
    for (; rows->key; rows++)
        if (strcmp(rows->key, key) == 0)
            return rows;
    return NULL;
}

/* The finding for a key that no row has. */
static void report_unknown(struct config_loader *loader, const struct config_row *rows,
                           const struct entry *entry)
{
    struct nearest nearest = {.wanted = entry->name};
    for (; rows->key; rows++)
        nearest_try(&nearest, rows->key);
    findings_unknown(loader->draft, entry->place, "key", &nearest);
}

/* A default as the file would have it: "[a, b]" is a list, all else a text. */
static const struct node *standard_node(struct config_loader *loader, const struct config_row *row,
                                        struct place place)
{
    struct node *node = arena_get(loader->scratch, 1, sizeof *node);
    *node = (struct node){.kind = NODE_TEXT, .place = place, .text = row->standard};
    if (row->standard[0] != '[')
        return node;
    node->kind = NODE_LIST;
    node->entries = arena_get(loader->scratch, strlen(row->standard), sizeof *node->entries);
    for (const char *at = row->standard + 1; *at && *at != ']'; at += strspn(at, ", ")) {
        size_t length = strcspn(at, ",]");
        struct node *item = arena_get(loader->scratch, 1, sizeof *item);
        *item = (struct node){
            .kind = NODE_TEXT, .place = place, .text = arena_text_of(loader->arena, at, length)};
        node->entries[node->count++] = (struct entry){.place = place, .value = item};
        at += length;
    }
    return node;
}

static bool is_map(struct config_loader *loader, const struct node *node, struct place place)
{
    if (node->kind == NODE_MAP)
        return true;
    if (!config_document_empty(node))
        findings_error(loader->draft, place, "must be a map of keys");
    return false;
}

void config_rows_read(struct config_loader *loader, const struct config_row *rows, const struct node *map,
                      struct place place, void *target)
{
    static const struct node nothing = {.kind = NODE_MAP};
    if (!is_map(loader, map, map->place)) {
        if (!config_document_empty(map))
            return;
        map = &nothing;
    }
    for (size_t i = 0; i < map->count; i++)
        if (!config_rows_find(rows, map->entries[i].name))
            report_unknown(loader, rows, &map->entries[i]);
    for (const struct config_row *row = rows; row->key; row++) {
        const struct entry *entry = config_document_find(map, row->key);
        void *member = (char *)target + row->offset;
        if (entry)
            row->read(loader, row, entry->value, member);
        else if (row->required)
            findings_error(loader->draft, place, "\"%s\" is missing", row->key);
        else if (row->standard)
            row->read(loader, row, standard_node(loader, row, place), member);
        else if (row->rows && row->shape == CONFIG_ONE && row->read == config_read_map)
            config_rows_read(loader, row->rows, &nothing, place, member);
    }
}

void config_read_map(struct config_loader *loader, const struct config_row *row, const struct node *node,
                     void *target)
{
    config_rows_read(loader, row->rows, node, node->place, target);
}

bool config_rows_name_fits(const char *name)
{
    size_t length = 0;
    for (; name[length]; length++)
        if (!isalnum((unsigned char)name[length]) && !strchr("_.:-", name[length]))
            return false;
    return length >= 1 && length <= 64 && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static const struct node *empty_of(struct config_loader *loader, enum node_kind kind, struct place place)
{
    struct node *node = arena_get(loader->scratch, 1, sizeof *node);
    *node = (struct node){.kind = kind, .place = place};
    return node;
}

const struct node *config_rows_named(struct config_loader *loader, const struct config_row *row,
                                     const struct node *node)
{
    (void)row;
    if (!is_map(loader, node, node->place))
        return empty_of(loader, NODE_MAP, node->place);
    const struct node *merged = config_merge_siblings(node, loader->scratch, loader->draft);
    struct node *fit = arena_get(loader->scratch, 1, sizeof *fit);
    *fit = *merged;
    fit->entries = arena_get(loader->scratch, merged->count, sizeof *fit->entries);
    fit->count = 0;
    for (size_t i = 0; i < merged->count; i++)
        if (config_rows_name_fits(merged->entries[i].name))
            fit->entries[fit->count++] = merged->entries[i];
        else
            findings_error(loader->draft, merged->entries[i].place,
                           "a name is 1 to 64 letters, digits or any of \"_.:-\": \"%s\"",
                           merged->entries[i].name);
    return fit;
}

static int compare_objects(const void *one, const void *other)
{
    const char *const *const *a = one;
    const char *const *const *b = other;
    return strcmp(**a, **b);
}

void config_rows_sort(void *objects, size_t count)
{
    if (count)
        qsort(objects, count, sizeof(void *), compare_objects);
}

const struct node *config_rows_list(struct config_loader *loader, const struct config_row *row,
                                    const struct node *node)
{
    if (node->kind == NODE_LIST)
        return node;
    if (node->kind == NODE_TEXT && !config_document_empty(node))
        findings_error(loader->draft, node->place, "\"%s\": write a list, such as [%s]", row->key,
                       strlen(node->text) < 64 ? node->text : "A, B");
    else if (node->kind == NODE_MAP)
        findings_error(loader->draft, node->place, "\"%s\": write a list, not a map", row->key);
    return empty_of(loader, NODE_LIST, node->place);
}

const char *config_rows_text(struct config_loader *loader, const struct config_row *row,
                             const struct node *node)
{
    if (node->kind != NODE_TEXT)
        findings_error(loader->draft, node->place, "\"%s\" must be a text, not a %s", row->key,
                       node->kind == NODE_LIST ? "list" : "map");
    else if (node->text[0] == '\0')
        findings_error(loader->draft, node->place, "\"%s\" is empty", row->key);
    else
        return node->text;
    return NULL;
}
