/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows `overrides` and `groups` of a group. */
#include "lib/instant.h"
#include "scheduler/core/rota.h"
#include "scheduler/io/config_parts.h"

/* ---- overrides ---- */

struct override_draft {
    struct override override;
    const struct zone *zone;
};

static void read_time(struct config_loader *loader, const struct config_row *row, const struct node *node,
                      const struct zone *zone, int64_t *at)
{
    struct error error;
    const char *text = config_rows_text(loader, row, node);
    if (text && !instant_read_in(text, zone, at, &error))
        findings_error(loader->draft, node->place, "\"%s\": %s", row->key, error.text);
}

static void read_from(struct config_loader *loader, const struct config_row *row, const struct node *node,
                      void *target)
{
    struct override_draft *draft = target;
    read_time(loader, row, node, draft->zone, &draft->override.from);
}

static void read_until(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       void *target)
{
    struct override_draft *draft = target;
    read_time(loader, row, node, draft->zone, &draft->override.until);
}

static void read_users(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       void *target)
{
    struct override_draft *draft = target;
    config_users_list(loader, row, node, &draft->override.users, &draft->override.user_count);
}

static void read_user(struct config_loader *loader, const struct config_row *row, const struct node *node,
                      void *target)
{
    if (config_rows_text(loader, row, node))
        *(const struct user **)target = config_users_find(loader, node);
}

const struct config_row config_override_rows[] = {
    {"from", CONFIG_BY(read_from, "time"), .required = true,
     .help = "2026-12-24 18:00 in the zone of the group, or with an offset, 2026-12-24T18:00:00+01:00"},
    {"until", CONFIG_BY(read_until, "time"), .required = true, .help = "the first instant after it"},
    {"users", CONFIG_BY(read_users, "list of users"),
     .help = "who is called then, instead of the whole shift"},
    {"user", CONFIG_MEMBER(read_user, "user", const struct user *, struct override_draft, override.user),
     .help = "who takes the place of another then"},
    {"instead_of",
     CONFIG_MEMBER(read_user, "user", const struct user *, struct override_draft, override.instead_of),
     .help = "whose place that is"},
    {0},
};

static void check_override(struct config_loader *loader, const struct override *override,
                           const struct entry *item)
{
    const struct node *map = item->value;
    bool users = config_document_find(map, "users") != NULL;
    bool user = config_document_find(map, "user") != NULL;
    bool instead = config_document_find(map, "instead_of") != NULL;
    if (users == user || user != instead)
        findings_error(loader->draft, item->place,
                       "an override has \"users\", or \"user\" and \"instead_of\"");
    else if (users && override->user_count == 0)
        findings_error(loader->draft, item->place, "an override calls somebody");
    else if (override->from && override->until && override->until <= override->from)
        findings_error(loader->draft, item->place, "an override ends after it begins");
}

void config_groups_overrides(struct config_loader *loader, const struct config_row *row,
                             const struct node *node, void *target)
{
    struct group *group = target;
    const struct node *list = config_rows_list(loader, row, node);
    group->overrides = arena_get(loader->arena, list->count, sizeof *group->overrides);
    for (size_t i = 0; i < list->count; i++) {
        struct override_draft draft = {.zone = rota_zone(loader->model, group, NULL)};
        const struct entry *item = &list->entries[i];
        size_t errors = loader->draft->errors;
        config_rows_read(loader, row->rows, item->value, item->place, &draft);
        if (errors == loader->draft->errors)
            check_override(loader, &draft.override, item);
        group->overrides[group->override_count++] = draft.override;
    }
}

/* ---- groups of groups ---- */

/* The groups that each one names itself, while they are gathered. */
struct named {
    struct group *group;
    const struct group **direct;
    size_t count;
    struct place place;
};

static const struct named *named_of(const struct named *all, size_t count, const struct group *group)
{
    for (size_t i = 0; i < count; i++)
        if (all[i].group == group)
            return &all[i];
    return NULL;
}

static bool has(const struct group *group, const struct group *other)
{
    for (size_t i = 0; i < group->group_count; i++)
        if (group->groups[i] == other)
            return true;
    return false;
}

static void gather(struct group *group, const struct named *all, size_t count, const struct named *from)
{
    for (size_t i = 0; from && i < from->count; i++) {
        if (has(group, from->direct[i]))
            continue;
        group->groups[group->group_count++] = from->direct[i];
        gather(group, all, count, named_of(all, count, from->direct[i]));
    }
}

void config_groups_link(struct config_loader *loader, const struct config_row *row, const struct node *map)
{
    const struct model *model = loader->model;
    struct named *all = arena_get(loader->scratch, map->count + 1, sizeof *all);
    size_t count = 0;
    for (size_t i = 0; i < map->count; i++) {
        const struct entry *entry = &map->entries[i];
        const struct entry *others =
            entry->value->kind == NODE_MAP ? config_document_find(entry->value, row->key) : NULL;
        struct words names = {0};
        if (!others)
            continue;
        config_users_groups(loader, row, others->value, &names);
        struct named *named = &all[count++];
        named->place = others->value->place;
        /* The list of the model is of constant groups; they are still being made here. */
        named->group = config_users_group(loader, entry->name);
        named->direct = arena_get(loader->scratch, names.count, sizeof(struct group *));
        for (; named->count < names.count; named->count++)
            named->direct[named->count] = model_group(model, names.items[named->count]);
    }
    for (size_t i = 0; i < count; i++) {
        struct group *group = all[i].group;
        group->groups = arena_get(loader->arena, model->group_count, sizeof(struct group *));
        gather(group, all, count, &all[i]);
        if (has(group, group))
            findings_error(loader->draft, all[i].place, "group \"%s\" is one of its own groups", group->name);
    }
}
